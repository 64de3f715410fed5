// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/pci_slot.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace driver_override {
namespace {

/// Takes hex digits up to `end` (or to the end of the name if it is NUL) off the name.
std::optional<std::uint32_t> take_slot_number(std::string_view& name, char end) {
  const std::size_t length = end == '\0' ? name.size() : name.find(end);
  if (length == std::string_view::npos || length == 0) return std::nullopt;
  std::uint32_t number = 0;
  const char* const last = name.data() + length;
  const auto [at, error] = std::from_chars(name.data(), last, number, 16);
  if (error != std::errc{} || at != last) return std::nullopt;
  name.remove_prefix(end == '\0' ? length : length + 1);
  return number;
}

void append_slot_number(std::string& text, std::uint32_t number, std::size_t digits) {
  std::array<char, 8> written{};
  const auto end = std::to_chars(written.data(), written.data() + written.size(), number, 16).ptr;
  const auto length = static_cast<std::size_t>(end - written.data());
  text.append(digits - std::min(digits, length), '0').append(written.data(), length);
}

}  // namespace

std::optional<PciSlot> parse_pci_slot(std::string_view name) {
  const auto domain = take_slot_number(name, ':');
  const auto bus = domain ? take_slot_number(name, ':') : std::nullopt;
  const auto device = bus ? take_slot_number(name, '.') : std::nullopt;
  const auto function = device ? take_slot_number(name, '\0') : std::nullopt;
  if (!function) return std::nullopt;
  return PciSlot{*domain, *bus, *device, *function};
}

std::string to_text(const PciSlot& slot) {
  std::string text;
  append_slot_number(text, slot.domain, 4);
  append_slot_number(text += ':', slot.bus, 2);
  append_slot_number(text += ':', slot.device, 2);
  append_slot_number(text += '.', slot.function, 1);
  return text;
}

}  // namespace driver_override
