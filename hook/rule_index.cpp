// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/rule_index.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace driver_override {
namespace {

using Numbers = RuleIndex::Numbers;

std::optional<std::uint32_t> single_number_in_rule_index(const Field& field) {
  const auto* range = std::get_if<FieldRange>(&field);
  if (range == nullptr || range->low != range->high) return std::nullopt;
  return range->low;
}

/// Keys of the map by place; a bus number has eight bits, a device number five.
std::uint32_t rule_bus_key(std::uint32_t bus) {
  return bus;
}
std::uint32_t rule_slot_key(std::uint32_t bus, std::uint32_t device) {
  return (1U << 16U) | (bus << 8U) | device;
}

/// None if a device of any bus number may be meant: behind a path it is known to the kernel alone.
std::optional<std::uint32_t> place_in_rule_index(const PciAddress& address) {
  const auto bus = single_number_in_rule_index(address.bus);
  if (!bus || !address.path.empty()) return std::nullopt;
  const auto device = single_number_in_rule_index(address.device);
  return device ? rule_slot_key(*bus, *device) : rule_bus_key(*bus);
}

void append_to_rule_index(Numbers& numbers, std::size_t number) {
  if (numbers.empty() || numbers.back() != number) numbers.push_back(number);
}

template <typename Map, typename Key>
const Numbers* find_in_rule_index(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

void merge_into_rule_index(Numbers& all, const Numbers* more) {
  if (more == nullptr || more->empty()) return;
  Numbers merged;
  merged.reserve(all.size() + more->size());
  std::set_union(all.begin(), all.end(), more->begin(), more->end(), std::back_inserter(merged));
  all = std::move(merged);
}

}  // namespace

void RuleIndex::add(const DevicePattern& pattern, std::size_t number) {
  if (const auto* name = std::get_if<std::string>(&pattern.what))
    return append_to_rule_index(by_name_[*name], number);
  const auto* address = std::get_if<PciAddress>(&pattern.what);
  const auto place = address != nullptr ? place_in_rule_index(*address) : std::nullopt;
  append_to_rule_index(place ? by_place_[*place] : others_, number);
}

void RuleIndex::add_to_all(std::size_t number) {
  append_to_rule_index(others_, number);
}

Numbers RuleIndex::candidates(const Device& device) const {
  Numbers numbers = others_;
  merge_into_rule_index(numbers, find_in_rule_index(by_name_, device.id.name));
  if (device.slot && !by_place_.empty()) {
    merge_into_rule_index(numbers, find_in_rule_index(by_place_, rule_bus_key(device.slot->bus)));
    merge_into_rule_index(
        numbers,
        find_in_rule_index(by_place_, rule_slot_key(device.slot->bus, device.slot->device)));
  }
  return numbers;
}

}  // namespace driver_override
