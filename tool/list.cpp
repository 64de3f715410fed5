// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdio>

#include "hook/sysfs.hpp"
#include "parser/diagnostic.hpp"
#include "tool/commands.hpp"
#include "tool/json.hpp"
#include "tool/terminal.hpp"

namespace driver_override {
namespace {

void print_device(const Terminal& terminal, const Device& device, const Details& details) {
  std::string line = rule_name(device.id);
  line += "  " + (device.driver ? printable(*device.driver) : std::string("-"));
  if (!details.override_name.empty()) line += "  override " + in_quotes(details.override_name);
  if (details.busy) line += "  busy";
  if (details.iommu_group) line += "  group " + printable(*details.iommu_group);
  if (!details.ids.empty()) line += "  [" + details.class_text + " " + details.ids + "]";
  if (!details.description.empty()) line += "  " + printable(details.description);
  std::printf("%s\n", terminal.fit(std::move(line)).c_str());
}

}  // namespace

Exit list(const Invocation& invocation) {
  const Root root(invocation.root);
  std::vector<Device> devices = read_overridable_devices(root);
  const std::map<DeviceId, Details> details = read_details(root, devices);
  if (invocation.overridden)
    devices.erase(std::remove_if(devices.begin(), devices.end(),
                                 [&](const Device& device) {
                                   return details.at(device.id).override_name.empty();
                                 }),
                  devices.end());
  if (invocation.json) {
    std::printf("%s\n", list_as_json(devices, details).c_str());
    return Exit::done;
  }
  const Terminal terminal;
  for (const Device& device : devices) print_device(terminal, device, details.at(device.id));
  return Exit::done;
}

}  // namespace driver_override
