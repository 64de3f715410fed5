// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/nearest.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "hook/sysfs.hpp"
#include "parser/name.hpp"
#include "parser/pci_address.hpp"
#include "parser/spelling.hpp"

namespace driver_override {
namespace {

/// The numbers of a full address: domain, bus, device, function.
using Numbers = std::array<std::uint32_t, 4>;

std::optional<Numbers> read_numbers(const std::string& name) {
  const Parsed<PciAddress> parsed = parse_pci_address(name, 0);
  const auto* address = std::get_if<PciAddress>(&parsed);
  if (address == nullptr || !address->function || !address->path.empty()) return std::nullopt;
  Numbers numbers{};
  std::size_t at = 0;
  for (const Field* field :
       {&address->domain, &address->bus, &address->device, &*address->function}) {
    const auto* range = std::get_if<FieldRange>(field);
    if (range == nullptr) return std::nullopt;
    numbers.at(at++) = range->low;
  }
  return numbers;
}

std::uint64_t difference(std::uint32_t one, std::uint32_t other) {
  return one > other ? one - other : other - one;
}

/// A card that has moved keeps its slot and function more often than its bus.
std::uint64_t distance(const Numbers& one, const Numbers& other) {
  return (difference(one[0], other[0]) << 32U) + (difference(one[2], other[2]) << 16U) +
         (difference(one[3], other[3]) << 12U) + difference(one[1], other[1]);
}

std::string nearest_address(const std::string& wanted, const std::vector<Device>& devices) {
  const auto numbers = read_numbers(wanted);
  std::string nearest;
  std::uint64_t least = UINT64_MAX;
  for (const Device& device : devices) {
    const auto present = device.id.bus == "pci" ? read_numbers(device.id.name) : std::nullopt;
    if (!numbers || !present || distance(*numbers, *present) >= least) continue;
    least = distance(*numbers, *present);
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
