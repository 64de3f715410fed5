// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/nearest.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "hook/match.hpp"
#include "hook/naming.hpp"
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

/// A card that has moved keeps its slot and function more often than its bus. A domain is often
/// left out by mistake.
std::uint64_t distance_to_nearest(const PciSlot& one, const PciSlot& other) {
  const auto domains = difference_to_nearest(one.domain, other.domain);
  const auto buses = difference_to_nearest(one.bus, other.bus);
  const auto places = (difference_to_nearest(one.device, other.device) << 16U) +
                      (difference_to_nearest(one.function, other.function) << 12U) + buses;
  return places == 0 && domains > 0 ? 1 : (domains << 32U) + places;
}

std::string nearest_address(const PciSlot& wanted, const std::vector<Device>& devices) {
  std::string nearest;
  std::uint64_t least = UINT64_MAX;
  for (const Device& device : devices) {
    if (!device.slot || distance_to_nearest(wanted, *device.slot) >= least) continue;
    least = distance_to_nearest(wanted, *device.slot);
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

/// "cards of 10de are 10de:1e87 (0000:09:00.0), …", each kind once, those of the wanted device
/// first; empty if there is none.
std::string nearest_cards(const Root& root, const PciIds& wanted,
                          const std::vector<Device>& devices) {
  constexpr std::size_t most = 4;
  const bool with_subsystem = wanted.subvendor != 0 || wanted.subdevice != 0;
  std::vector<std::pair<PciIds, std::string>> cards;
  for (const Device& device : devices) {
    const auto ids = device.id.bus == "pci" ? read_sysfs_pci_ids(root, device.id) : std::nullopt;
    if (ids && ids->vendor == wanted.vendor) cards.emplace_back(*ids, printable(device.id.name));
  }
  std::stable_partition(cards.begin(), cards.end(),
                        [&](const auto& card) { return card.first.device == wanted.device; });
  std::vector<std::string> told;
  std::string text;
  for (const auto& [ids, name] : cards) {
    const std::string kind = to_text(ids, with_subsystem);
    if (told.size() == most || std::find(told.begin(), told.end(), kind) != told.end()) continue;
    told.push_back(kind);
    text += text.empty() ? "" : ", ";
    text += kind;
    text.append(" (").append(name).append(")");
  }
  return text.empty() ? text : "cards of " + told.front().substr(0, 4) + " are " + text;
}

/// The step behind so many of a path, as written.
std::string_view nearest_step(std::string_view path, std::size_t steps) {
  for (; steps > 0; --steps) path.remove_prefix(path.find('/') + 1);
  return path.substr(path.find('/') + 1, path.find('/', path.find('/') + 1) - path.find('/') - 1);
}

/// How far a path leads that no device is at the end of: "the path ends at 0000:00:03.2: behind it
/// is no 00.7"; empty if not even its first device exists.
std::string nearest_end_of_path(const DevicePattern& path, const std::vector<Device>& devices) {
  PciAddress start = std::get<PciAddress>(path.what);
  while (!start.path.empty()) {
    start.path.pop_back();
    const DevicePattern pattern{{}, {}, start};
    for (const Device& device : devices)
      if (device.id.bus == "pci" && names(pattern, device))
        return "the path ends at " + printable(device.id.name) + ": behind it is no " +
               printable(nearest_step(path.text, start.path.size()));
  }
  return {};
}

/// What is spelled out and exists, but is of another class than the rule's; empty if nothing is.
std::string nearest_of_other_class(const Rule& rule, const std::vector<Device>& devices) {
  if (rule.options.class_prefix.empty()) return {};
  for (const DevicePattern& pattern : rule.devices)
    for (const Device& device : devices)
      if (device.id.bus == rule.bus && !is_open_pattern(pattern) && names(pattern, device))
        return in_quotes(device.id.name) +
               (device.pci_class
                    ? " exists, but its class is " + pci_class_digits(*device.pci_class)
                    : std::string(" exists, but its class cannot be read"));
  return {};
}

/// The device that the pattern names, or the first function of its card.
std::optional<PciSlot> nearest_wanted_slot(PciAddress address) {
  if (!address.function) address.function = FieldRange{0, 0};
  const auto name = exact_name_in_rule({{}, {}, std::move(address)});
  return name ? parse_pci_slot(*name) : std::nullopt;
}

/// "0000:0a:00 has no such function, only 0, 1"; empty if there is no such card.
std::string nearest_functions(const PciSlot& wanted, const std::vector<Device>& devices) {
  std::string functions;
  std::string card;
  for (const Device& device : devices) {
    PciSlot slot = device.slot.value_or(PciSlot{});
    const std::string function = std::to_string(slot.function);
    slot.function = wanted.function;
    if (!device.slot || slot != wanted) continue;
    functions += (functions.empty() ? "" : ", ") + function;
    card = device.id.name.substr(0, device.id.name.rfind('.'));
  }
  return functions.empty() ? functions : card + " has no such function, only " + functions;
}

std::string nearest_text(const DevicePattern& pattern, bool is_one) {
  return is_one ? "the nearest device that exists is "
                : "the nearest to " + in_quotes(pattern.text) + " is ";
}

/// What exists that is nearest to a device of the bus pci.
/// \param is_one  nothing else is missing
/// \param others  those of the devices that the rule does not name
std::string nearest_on_pci(const Root& root, const DevicePattern& pattern, bool is_one,
                           const std::vector<Device>& devices, const std::vector<Device>& others) {
  if (const auto* ids = std::get_if<PciIds>(&pattern.what))
    return nearest_cards(root, *ids, others);
  const auto& address = std::get<PciAddress>(pattern.what);
  if (!address.path.empty()) {
    std::vector<Device> whole;
    for (const Device& device : devices)
      if (device.id.bus == "pci") whole.push_back(device);
    for (Device& device : whole) device.chain = read_sysfs_pci_chain(root, device.id);
    return nearest_end_of_path(pattern, whole);
  }
  const auto wanted = nearest_wanted_slot(address);
  if (!wanted) return {};
  if (std::string hint = nearest_functions(*wanted, devices); !hint.empty()) return hint;
  const std::string nearest = nearest_address(*wanted, others);
  return nearest.empty() ? nearest : nearest_text(pattern, is_one) + in_quotes(nearest);
}

}  // namespace

std::string nearest_hint(const Root& root, const Rule& whole, const Rule& rule,
                         const std::vector<Device>& devices) {
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
  if (std::string hint = nearest_of_other_class(rule, devices); !hint.empty()) return hint;
  const bool is_one = rule.devices.size() == 1;
  // What the rule has already is no hint.
  std::vector<Device> others = devices;
  std::erase_if(others, [&](const Device& device) {
    return strongest_naming(whole, device).how != Naming::not_named;
  });
  for (const DevicePattern& pattern : rule.devices) {
    if (rule.bus == "pci") {
      if (std::string hint = nearest_on_pci(root, pattern, is_one, devices, others); !hint.empty())
        return hint;
      continue;
    }
    const auto name = exact_name_in_rule(pattern);
    if (!name) continue;
    const std::string nearest = nearest_name(rule, *name, others);
    if (!nearest.empty()) return nearest_text(pattern, is_one) + in_quotes(nearest);
  }
  return {};
}

}  // namespace driver_override
