// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/nearest.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "hook/sysfs.hpp"
#include "parser/spelling.hpp"

namespace driver_override {
namespace {

struct Address {
  unsigned domain = 0;
  unsigned bus = 0;
  unsigned device = 0;
  unsigned function = 0;
};

std::optional<Address> read_address(const std::string& name) {
  Address address;
  char rest = '\0';
  const int read = std::sscanf(name.c_str(), "%x:%x:%x.%x%c", &address.domain, &address.bus,
                               &address.device, &address.function, &rest);
  if (read != 4) return std::nullopt;
  return address;
}

std::uint64_t difference(unsigned one, unsigned other) {
  return one > other ? one - other : other - one;
}

/// A card that has moved keeps its slot and function more often than its bus.
std::uint64_t distance(const Address& one, const Address& other) {
  return (difference(one.domain, other.domain) << 32U) +
         (difference(one.device, other.device) << 16U) +
         (difference(one.function, other.function) << 12U) + difference(one.bus, other.bus);
}

std::string nearest_address(const std::string& wanted, const std::vector<Device>& devices) {
  const auto address = read_address(wanted);
  std::string nearest;
  std::uint64_t least = UINT64_MAX;
  for (const Device& device : devices) {
    const auto present = device.id.bus == "pci" ? read_address(device.id.name) : std::nullopt;
    if (!address || !present || distance(*address, *present) >= least) continue;
    least = distance(*address, *present);
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
        return "a comma in a name is written %2c: " + rule.devices[i].text + "%2c" +
               rule.devices[i + 1].text;
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
