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

bool names_pci(const PciAddress& address, std::string_view name) {
  const auto domain = take_part(name, ':');
  if (!domain || !matches(address.domain, *domain)) return false;
  const auto bus = take_part(name, ':');
  if (!bus || !matches(address.bus, *bus)) return false;
  const auto device = take_part(name, '.');
  if (!device || !matches(address.device, *device)) return false;
  const auto function = take_part(name, '\0');
  return function && (!address.function || matches(*address.function, *function));
}

}  // namespace

bool names(const DevicePattern& pattern, std::string_view name) {
  if (const auto* address = std::get_if<PciAddress>(&pattern.what))
    return names_pci(*address, name);
  if (const auto* glob = std::get_if<Glob>(&pattern.what)) return glob->matches(name);
  return std::get<std::string>(pattern.what) == name;
}

}  // namespace driver_override
