// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/nearest.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "hook/match.hpp"
#include "hook/sysfs.hpp"
#include "parser/name.hpp"
#include "parser/printable.hpp"
#include "parser/spelling.hpp"
#include "tool/advice/bus_names.hpp"
#include "tool/advice/misread.hpp"
#include "tool/machine/overridable_devices.hpp"

namespace driver_override {
namespace {

std::uint64_t difference_to_nearest(std::uint32_t one, std::uint32_t other) {
  return one > other ? one - other : other - one;
}

/// A card that has moved keeps its slot and function more often than its bus.
std::uint64_t distance_to_nearest(const PciSlot& one, const PciSlot& other) {
  return (difference_to_nearest(one.domain, other.domain) << 32U) +
         (difference_to_nearest(one.device, other.device) << 16U) +
         (difference_to_nearest(one.function, other.function) << 12U) +
         difference_to_nearest(one.bus, other.bus);
}

std::string nearest_address(const std::string& wanted, const std::vector<Device>& devices) {
  const auto slot = parse_pci_slot(wanted);
  std::string nearest;
  std::uint64_t least = UINT64_MAX;
  for (const Device& device : devices) {
    if (!slot || !device.slot || distance_to_nearest(*slot, *device.slot) >= least) continue;
    least = distance_to_nearest(*slot, *device.slot);
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

/// "qcom,smem" reads as two devices; true if the two together are one that exists.
std::string nearest_comma_hint(const Rule& rule, const std::vector<Device>& devices) {
  for (std::size_t i = 0; i + 1 < rule.devices.size(); ++i)
    for (const Device& device : devices)
      if (device.id.bus == rule.bus &&
          device.id.name == rule.devices[i].text + "," + rule.devices[i + 1].text)
        return "a comma in a name is written %2c: " + encode_name(device.id.name);
  return {};
}

/// "cards of 10de here are 10de:1e87 (0000:09:00.0), …", each kind once; empty if there is none.
std::string nearest_cards(const Root& root, const PciIds& wanted,
                          const std::vector<Device>& devices) {
  constexpr std::size_t most = 4;
  std::vector<std::string> told;
  std::string text;
  std::string vendor;
  for (const Device& device : devices) {
    const auto ids = device.id.bus == "pci" ? read_sysfs_pci_ids(root, device.id) : std::nullopt;
    if (!ids || ids->vendor != wanted.vendor) continue;
    const std::string kind = to_text(*ids, false);
    vendor = kind.substr(0, 4);
    if (told.size() == most || std::find(told.begin(), told.end(), kind) != told.end()) continue;
    told.push_back(kind);
    text += (text.empty() ? "" : ", ") + kind + " (" + printable(device.id.name) + ")";
  }
  return text.empty() ? text : "cards of " + vendor + " are " + text;
}

/// How far a path leads that no device is at the end of: "the path ends at 0000:00:03.2"; empty if
/// not even its first device exists.
std::string nearest_end_of_path(const PciAddress& address, const std::vector<Device>& devices) {
  PciAddress start = address;
  while (!start.path.empty()) {
    start.path.pop_back();
    const DevicePattern pattern{{}, {}, start};
    for (const Device& device : devices)
      if (device.id.bus == "pci" && names(pattern, device))
        return "the path ends at " + printable(device.id.name) + ": nothing is behind it there";
  }
  return {};
}

/// What the rule names but for its class; empty if there
/// is no such device.
std::string nearest_of_other_class(const DevicePattern& pattern,
                                   const std::vector<Device>& devices) {
  for (const Device& device : devices) {
    if (device.id.bus != "pci" || !device.pci_class || !names(pattern, device)) continue;
    return in_quotes(device.id.name) + " exists, but its class is " +
           pci_class_digits(*device.pci_class);
  }
  return {};
}

/// The device that the pattern names, or the first function of its card, as sysfs would name it.
std::optional<std::string> nearest_wanted_address(PciAddress address) {
  if (!address.function) address.function = FieldRange{0, 0};
  return exact_name_in_rule({{}, {}, std::move(address)});
}

/// What exists that is nearest to a device of the bus pci.
std::string nearest_on_pci(const Root& root, const DevicePattern& pattern,
                           const std::vector<Device>& devices) {
  if (std::string hint = nearest_of_other_class(pattern, devices); !hint.empty()) return hint;
  if (const auto* ids = std::get_if<PciIds>(&pattern.what))
    return nearest_cards(root, *ids, devices);
  const auto& address = std::get<PciAddress>(pattern.what);
  if (!address.path.empty()) {
    std::vector<Device> whole;
    for (const Device& device : devices)
      if (device.id.bus == "pci") whole.push_back(device);
    for (Device& device : whole) device.chain = read_sysfs_pci_chain(root, device.id);
    return nearest_end_of_path(address, whole);
  }
  const auto name = nearest_wanted_address(address);
  const std::string nearest = name ? nearest_address(*name, devices) : std::string();
  return nearest.empty() ? nearest : "the nearest device that exists is " + in_quotes(nearest);
}

}  // namespace

std::string nearest_hint(const Root& root, const Rule& rule, const std::vector<Device>& devices) {
  const std::vector<std::string> buses = read_overridable_buses(root);
  const std::vector<std::string_view> views(buses.begin(), buses.end());
  if (std::find(views.begin(), views.end(), rule.bus) == views.end()) {
    const std::string_view bus = nearest_word(rule.bus, views);
    std::string device;
    for (const DevicePattern& pattern : rule.devices)
      if (const std::string what = describe_misread_word(root, pattern.text, device); !what.empty())
        return in_quotes(pattern.text)
            .append(" is ")
            .append(what)
            .append(": write ")
            .append(device)
            .append("=")
            .append(encode_name(rule.driver));
    if (const auto doubt = doubt_bus(rule.bus); doubt && bus.empty()) return doubt->hint;
    return bus.empty() ? "" : "did you mean the bus " + in_quotes(bus) + "?";
  }
  if (std::string hint = nearest_comma_hint(rule, devices); !hint.empty()) return hint;
  for (const DevicePattern& pattern : rule.devices) {
    if (rule.bus == "pci") {
      if (std::string hint = nearest_on_pci(root, pattern, devices); !hint.empty()) return hint;
      continue;
    }
    const auto name = exact_name_in_rule(pattern);
    if (!name) continue;
    const std::string nearest = nearest_name(rule, *name, devices);
    if (!nearest.empty()) return "the nearest device that exists is " + in_quotes(nearest);
  }
  return {};
}

}  // namespace driver_override
