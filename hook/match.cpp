// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/match.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace driver_override {
namespace {

/// A part of a device's name: its text, as the kernel pads it, and its value.
struct Part {
  std::string_view text;
  std::uint32_t value;
};

/// Takes hex digits up to `end` (or to the end of the name where it is NUL) off the name.
std::optional<Part> take_part(std::string_view& name, char end) {
  const std::size_t length = end == '\0' ? name.size() : name.find(end);
  if (length == std::string_view::npos || length == 0) return std::nullopt;
  Part part{name.substr(0, length), 0};
  const char* const last = part.text.data() + length;
  const auto [at, error] = std::from_chars(part.text.data(), last, part.value, 16);
  if (error != std::errc{} || at != last) return std::nullopt;
  name.remove_prefix(end == '\0' ? length : length + 1);
  return part;
}

bool matches(const Field& field, const Part& part) {
  if (const auto* range = std::get_if<FieldRange>(&field))
    return range->low <= part.value && part.value <= range->high;
  return std::get<Glob>(field).matches(part.text);
}

bool matches_function(const std::optional<Field>& field, std::string_view name) {
  const auto function = take_part(name, '\0');
  return function && (!field || matches(*field, *function));
}

/// Matches the address without its path.
bool matches_address(const PciAddress& address, std::string_view name) {
  const auto domain = take_part(name, ':');
  if (!domain || !matches(address.domain, *domain)) return false;
  const auto bus = take_part(name, ':');
  if (!bus || !matches(address.bus, *bus)) return false;
  const auto device = take_part(name, '.');
  return device && matches(address.device, *device) && matches_function(address.function, name);
}

bool matches_step(const PciStep& step, std::string_view name) {
  name.remove_prefix(name.rfind(':') + 1);
  const auto device = take_part(name, '.');
  return device && matches(step.device, *device) && matches_function(step.function, name);
}

/// The last step is the device, the address is the bridge above the first step
/// (drivers/pci/pci.c, pci_dev_str_match_path).
bool matches_path(const PciAddress& address, const std::vector<std::string>& chain) {
  const std::size_t steps = address.path.size();
  if (chain.size() <= steps) return false;
  const std::size_t top = chain.size() - 1 - steps;
  for (std::size_t i = 0; i < steps; ++i)
    if (!matches_step(address.path[i], chain[top + 1 + i])) return false;
  return matches_address(address, chain[top]);
}

}  // namespace

bool names(const DevicePattern& pattern, const Device& device) {
  if (const auto* address = std::get_if<PciAddress>(&pattern.what))
    return address->path.empty() ? matches_address(*address, device.id.name)
                                 : matches_path(*address, device.chain);
  if (const auto* ids = std::get_if<PciIds>(&pattern.what))
    return device.ids && ids_match(*ids, *device.ids);
  if (const auto* glob = std::get_if<Glob>(&pattern.what)) return glob->matches(device.id.name);
  return std::get<std::string>(pattern.what) == device.id.name;
}

bool needs_more_than_name(const DevicePattern& pattern) {
  const auto* address = std::get_if<PciAddress>(&pattern.what);
  return std::holds_alternative<PciIds>(pattern.what) ||
         (address != nullptr && !address->path.empty());
}

}  // namespace driver_override
