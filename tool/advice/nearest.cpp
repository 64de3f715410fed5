// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/nearest.hpp"

#include <algorithm>
#include <cstdint>

#include "hook/sysfs.hpp"
#include "parser/name.hpp"
#include "parser/printable.hpp"
#include "parser/spelling.hpp"
#include "tool/machine/overridable_devices.hpp"

namespace driver_override {
namespace {

std::uint64_t difference(std::uint32_t one, std::uint32_t other) {
  return one > other ? one - other : other - one;
}

/// A card that has moved keeps its slot and function more often than its bus.
std::uint64_t distance(const PciSlot& one, const PciSlot& other) {
  return (difference(one.domain, other.domain) << 32U) +
         (difference(one.device, other.device) << 16U) +
         (difference(one.function, other.function) << 12U) + difference(one.bus, other.bus);
}

std::string nearest_address(const std::string& wanted, const std::vector<Device>& devices) {
  const auto slot = parse_pci_slot(wanted);
  std::string nearest;
  std::uint64_t least = UINT64_MAX;
  for (const Device& device : devices) {
    if (!slot || !device.slot || distance(*slot, *device.slot) >= least) continue;
    least = distance(*slot, *device.slot);
    nearest = device.id.name;
  }
  return nearest;
}

std::string nearest_name(const Rule& rule, const std::string& wanted,
                         const std::vector<Device>& devices) {
  std::vector<std::string_view> names;
  for (const Device& device : devices)
    if (device.id.bus == rule.bus) names.push_back(device.id.name);
  return std::string(nearest_word(wanted, names));
}

/// "qcom,smem" reads as two devices; true where the two together are one that exists.
std::string comma_hint(const Rule& rule, const std::vector<Device>& devices) {
  for (std::size_t i = 0; i + 1 < rule.devices.size(); ++i)
    for (const Device& device : devices)
      if (device.id.bus == rule.bus &&
          device.id.name == rule.devices[i].text + "," + rule.devices[i + 1].text)
        return "a comma in a name is written %2c: " + encode_name(device.id.name);
  return {};
}

}  // namespace

std::string nearest_hint(const Root& root, const Rule& rule, const std::vector<Device>& devices) {
  const std::vector<std::string> buses = read_buses(root);
  const std::vector<std::string_view> views(buses.begin(), buses.end());
  if (std::find(views.begin(), views.end(), rule.bus) == views.end()) {
    const std::string_view bus = nearest_word(rule.bus, views);
    return bus.empty() ? "" : "did you mean the bus " + in_quotes(bus) + "?";
  }
  if (std::string hint = comma_hint(rule, devices); !hint.empty()) return hint;
  for (const DevicePattern& pattern : rule.devices) {
    const auto name = exact_name(pattern);
    if (!name) continue;
    const std::string nearest =
        rule.bus == "pci" ? nearest_address(*name, devices) : nearest_name(rule, *name, devices);
    if (!nearest.empty()) return "the nearest device that exists is " + in_quotes(nearest);
  }
  return {};
}

}  // namespace driver_override
