// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdio>

#include "hook/sysfs.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/commands/commands.hpp"
#include "tool/machine/overridable_devices.hpp"
#include "tool/view/json.hpp"
#include "tool/view/messages.hpp"
#include "tool/view/terminal.hpp"

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

/// True if a folder can be listed, or is not there; else says why it cannot.
bool is_listable(const Root& root, const std::string& folder) {
  std::error_code error;
  (void)root.list(folder, error);
  if (!error || error == std::errc::no_such_file_or_directory) return true;
  print_error("/" + folder + ": " + error.message());
  return false;
}

/// Says which buses cannot be read: their devices are missing from the list. True if none.
bool are_buses_listable(const Root& root) {
  constexpr const char* buses = "sys/bus";
  bool all = is_listable(root, buses);
  if (all && !root.exists(buses))
    print({Severity::note, "there is no /sys/bus", "is /sys mounted?"});
  for (const std::string& bus : read_buses(root))
    all = is_listable(root, std::string(buses).append("/").append(bus) + "/devices") && all;
  return all;
}

}  // namespace

Exit list(const Invocation& invocation) {
  const Root root(invocation.root);
  const Exit exit = are_buses_listable(root) ? Exit::done : Exit::failed;
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
    return exit;
  }
  const Terminal terminal;
  for (const Device& device : devices) print_device(terminal, device, details.at(device.id));
  return exit;
}

}  // namespace driver_override
