// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/pci_ids.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "parser/rule_grammar.hpp"

namespace driver_override {
namespace {

constexpr std::uint32_t id_limit = 0xffff;

/// The value of one field; none if it is above the limit.
std::optional<std::uint16_t> read_pci_id(std::string_view digits) {
  if (digits == "*") return 0;
  std::uint32_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (result.ec != std::errc{} || value > id_limit) return std::nullopt;
  return static_cast<std::uint16_t>(value);
}

}  // namespace

Parsed<PciIds> parse_pci_ids(std::string_view raw, std::size_t offset) {
  const auto cut = grammar::read_ids(raw);
  if (const auto* stop = std::get_if<grammar::Stop>(&cut))
    return error_at({offset + stop->at, raw.size() - stop->at},
                    "expected " + stop->expected + " in the ids " + in_quotes(raw),
                    "ids are VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE], such as 10de:2204");
  const auto& parts = std::get<grammar::IdParts>(cut);
  std::array<std::uint16_t, 4> values{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto value = read_pci_id(parts[i]);
    const auto at = static_cast<std::size_t>(parts[i].data() - raw.data());
    if (!value)
      return error_at({offset + at, parts[i].size()},
                      "the PCI id " + in_quotes(parts[i]) + " is above ffff");
    values.at(i) = *value;
  }
  return PciIds{values[0], values[1], values[2], values[3]};
}

bool ids_match(const PciIds& wanted, const PciIds& present) {
  const auto matches = [](std::uint16_t one, std::uint16_t other) {
    return one == 0 || one == other;
  };
  return matches(wanted.vendor, present.vendor) && matches(wanted.device, present.device) &&
         matches(wanted.subvendor, present.subvendor) &&
         matches(wanted.subdevice, present.subdevice);
}

std::string to_text(const PciIds& ids, bool with_subsystem) {
  std::array<char, 32> text{};
  if (with_subsystem)
    (void)std::snprintf(text.data(), text.size(), "%04x:%04x:%04x:%04x", ids.vendor, ids.device,
                        ids.subvendor, ids.subdevice);
  else
    (void)std::snprintf(text.data(), text.size(), "%04x:%04x", ids.vendor, ids.device);
  return text.data();
}

}  // namespace driver_override
