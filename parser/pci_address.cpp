// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/pci_address.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "parser/rule_grammar.hpp"

namespace driver_override {
namespace {

struct FieldKind {
  std::string_view name;
  std::uint32_t limit;
};

/// Turns one field of an address into numbers or a pattern; `address` and `offset` say where the
/// field stands in its source.
class PciAddressReader {
 public:
  PciAddressReader(std::string_view address, std::size_t offset)
      : address_(address), offset_(offset) {}

  [[nodiscard]] Parsed<Field> read(const grammar::FieldParts& parts, const FieldKind& kind) const {
    if (parts.first.find_first_of("*?") != std::string_view::npos) return read_pattern(parts);
    Parsed<std::uint32_t> low = read_number(parts.first, kind);
    if (auto* fault = std::get_if<Message>(&low)) return *fault;
    FieldRange range{std::get<std::uint32_t>(low), std::get<std::uint32_t>(low)};
    if (!parts.last) return Field{range};
    Parsed<std::uint32_t> high = read_number(*parts.last, kind);
    if (auto* fault = std::get_if<Message>(&high)) return *fault;
    range.high = std::get<std::uint32_t>(high);
    if (range.high < range.low)
      return error_at(span_of(*parts.last), "the range ends before it begins",
                      "write the smaller number first");
    return Field{range};
  }

 private:
  [[nodiscard]] Span span_of(std::string_view part) const {
    return {offset_ + static_cast<std::size_t>(part.data() - address_.data()), part.size()};
  }

  [[nodiscard]] Parsed<Field> read_pattern(const grammar::FieldParts& parts) const {
    if (parts.last)
      return error_at(span_of(parts.first), "a range cannot begin with a pattern",
                      "write either a range such as 10-13 or a pattern such as 1?");
    std::string lower(parts.first);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char digit) {
      return digit >= 'A' && digit <= 'F' ? static_cast<char>(digit - 'A' + 'a') : digit;
    });
    Parsed<Glob> glob = Glob::compile(lower, span_of(parts.first).offset);
    if (auto* fault = std::get_if<Message>(&glob)) return *fault;
    return Field{std::get<Glob>(glob)};
  }

  [[nodiscard]] Parsed<std::uint32_t> read_number(std::string_view digits,
                                                  const FieldKind& kind) const {
    std::uint32_t value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc{} || value > kind.limit) return above_limit(digits, kind);
    return value;
  }

  [[nodiscard]] Message above_limit(std::string_view digits, const FieldKind& kind) const {
    std::string limit(8, '\0');
    const auto end = std::to_chars(limit.data(), limit.data() + limit.size(), kind.limit, 16).ptr;
    limit.resize(static_cast<std::size_t>(end - limit.data()));
    return error_at(
        span_of(digits),
        "the PCI " + std::string(kind.name) + " " + in_quotes(digits) + " is above " + limit,
        kind.name == "bus" && digits.size() == 4
            ? "ids are written with pci: in front, as in pci,pci:" + std::string(address_)
            : "numbers in an address are hexadecimal");
  }

  std::string_view address_;
  std::size_t offset_;
};

/// The fix for a slip that many make; else what an address looks like.
std::string pci_address_hint(std::string_view raw, std::size_t at) {
  if (at > 0 && (raw[at - 1] == '0') && at < raw.size() && (raw[at] == 'x' || raw[at] == 'X'))
    return "numbers are hexadecimal as they are: write them without 0x";
  if (at < raw.size() && raw[at] == '[')
    return "sets are for other buses; on pci write a range, such as 10-13";
  if (at < raw.size() && raw[at] == '{')
    return "write each device by itself, as in 02:00.0,02:00.1, or a range, as in 02:00.0-1";
  if (at < raw.size() && std::string_view("|+&").find(raw[at]) != std::string_view::npos)
    return "write \",\" between two devices";
  if (at < raw.size() && raw[at] == ':' && raw.substr(0, at).find('-') != std::string_view::npos)
    return "a range is of one number, as in 0a-0b:00.0 or 0a:00.0-1";
  if (at == 0 && !raw.empty() && raw[0] == ' ') return "remove the blank";
  if (at < raw.size() && raw[at] == ' ')
    return "no blank belongs here; the driver follows \"=\", as in 02:00.0=vfio-pci";
  if (raw == "*" || raw == "all" || raw == "any") return "every device of the bus is *:*:*.*";
  return "an address is [domain:]bus:device.function, such as 0000:02:00.0";
}

Message malformed_pci_address(std::string_view raw, std::size_t offset, const grammar::Stop& stop) {
  constexpr std::string_view marks_of_addresses = ":.*?[ /";
  if (raw.find_first_of(marks_of_addresses) == std::string_view::npos)
    return error_at({offset, raw.size()}, "expected a PCI address, found " + in_quotes(raw),
                    pci_address_hint(raw, stop.at));
  const std::string found =
      stop.at < raw.size() ? "found " + in_quotes(raw.substr(stop.at)) : "found the end";
  return error_at(
      {offset + stop.at, raw.size() - stop.at},
      "expected " + stop.expected + " in the PCI address " + in_quotes(raw) + ", " + found,
      pci_address_hint(raw, stop.at));
}

/// True if some value of the field, written with one digit or two, matches it.
bool can_match_pci_address(const Field& field, std::uint32_t limit, std::size_t digits) {
  const auto* glob = std::get_if<Glob>(&field);
  if (glob == nullptr) return true;
  constexpr std::string_view hex = "0123456789abcdef";
  for (std::uint32_t value = 0; value <= limit; ++value) {
    const std::array<char, 2> text = {hex[value / 16], hex[value % 16]};
    if (glob->matches(std::string_view(text.data(), 2).substr(2 - digits))) return true;
  }
  return false;
}

/// A bus of four digits is a domain behind which something is missing: "0000:0a" would be slot 0a
/// of bus 0.
std::optional<Message> pci_address_domain_as_bus(const grammar::AddressParts& parts,
                                                 std::string_view raw, std::size_t offset) {
  const std::string bus(parts.bus.first);
  const bool is_number = bus.find_first_of("*?") == std::string::npos;
  if (parts.domain || bus.size() < 4 || bus.substr(0, 2) != "00" || !is_number) return std::nullopt;
  const std::size_t dot = std::min(raw.find('.'), raw.size());
  const std::string meant = parts.device.first == "*" ? bus + ":*:*.*"
                                                      : std::string(raw.substr(0, dot)) + ":00" +
                                                            std::string(raw.substr(dot));
  return error_at({offset, bus.size()}, "the PCI bus " + in_quotes(bus) + " looks like a domain",
                  "did you mean " + in_quotes(meant) + "?");
}

}  // namespace

std::optional<std::string> unmatchable_pci_field(const PciAddress& address) {
  const auto* domain = std::get_if<Glob>(&address.domain);
  if (domain != nullptr && !domain->fits_length(4, 8))
    return "a PCI domain has four digits or more";
  if (!can_match_pci_address(address.bus, bus_limit, 2)) return "a PCI bus has two digits";
  std::vector<PciStep> steps = address.path;
  steps.push_back({address.device, address.function});
  for (const PciStep& step : steps) {
    if (!can_match_pci_address(step.device, device_limit, 2))
      return "a PCI device is 00 to 1f, in two digits";
    if (step.function && !can_match_pci_address(*step.function, function_limit, 1))
      return "a PCI function is one digit, 0 to 7";
  }
  return std::nullopt;
}

Parsed<PciAddress> parse_pci_address(std::string_view raw, std::size_t offset) {
  const auto cut = grammar::read_address(raw);
  if (const auto* stop = std::get_if<grammar::Stop>(&cut))
    return malformed_pci_address(raw, offset, *stop);
  const auto& parts = std::get<grammar::AddressParts>(cut);
  if (auto fault = pci_address_domain_as_bus(parts, raw, offset)) return *fault;
  const PciAddressReader reader(raw, offset);

  PciAddress address{FieldRange{}, FieldRange{}, FieldRange{}, std::nullopt, {}};
  std::optional<Message> fault;
  const auto take = [&](const grammar::FieldParts& field, const FieldKind& kind) {
    Parsed<Field> read = reader.read(field, kind);
    if (auto* found = std::get_if<Message>(&read)) {
      if (!fault) fault = *found;
      return Field{FieldRange{}};
    }
    return std::get<Field>(read);
  };
  const FieldKind device_kind{"device", device_limit};
  const FieldKind function_kind{"function", function_limit};
  if (parts.domain) address.domain = take(*parts.domain, {"domain", domain_limit});
  address.bus = take(parts.bus, {"bus", bus_limit});
  address.device = take(parts.device, device_kind);
  if (parts.function) address.function = take(*parts.function, function_kind);
  for (const grammar::StepParts& step : parts.path) {
    PciStep& added =
        address.path.emplace_back(PciStep{take(step.device, device_kind), std::nullopt});
    if (step.function) added.function = take(*step.function, function_kind);
  }
  if (fault) return *fault;
  return address;
}

bool is_pci_address(std::string_view text) {
  return std::holds_alternative<PciAddress>(parse_pci_address(text, 0));
}

}  // namespace driver_override
