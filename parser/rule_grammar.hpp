// SPDX-License-Identifier: LGPL-2.1-or-later
// The grammar's result: which bytes of a rule are its bus, its devices, its driver.
// Plain data, so that Spirit stays in rule_grammar.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace driver_override::grammar {

/// A rule cut into its parts; the views point into the rule's text.
struct RuleParts {
  std::string_view bus;
  std::vector<std::string_view> devices;
  std::string_view driver;
  std::vector<std::string_view> options;
};

/// A field of a PCI address as written: hex digits, or a pattern with `*` and `?`; and behind a `-`
/// the end of a range.
struct FieldParts {
  std::string_view first;
  std::optional<std::string_view> last;
};

struct StepParts {
  FieldParts device;
  std::optional<FieldParts> function;
};

struct AddressParts {
  std::optional<FieldParts> domain;
  FieldParts bus;
  FieldParts device;
  std::optional<FieldParts> function;
  std::vector<StepParts> path;
};

/// Two or four fields, each hex digits or `*`.
using IdParts = std::vector<std::string_view>;

/// Where reading stopped, and what was expected there.
struct Stop {
  std::size_t at;
  std::string expected;
};

/// `BUS,DEVICE[,DEVICE…]=[DRIVER][,OPTION…]`; the text holds no `;`.
std::variant<RuleParts, Stop> read_rule(std::string_view text);

/// `driver[DEVICE,…]=DRIVER`. The bus is left empty, and there are no options.
std::variant<RuleParts, Stop> read_pci_rule(std::string_view text);

/// `[domain:]bus:device[.function][/device[.function]]…`.
std::variant<AddressParts, Stop> read_address(std::string_view text);

/// `vendor:device[:subvendor:subdevice]`.
std::variant<IdParts, Stop> read_ids(std::string_view text);

}  // namespace driver_override::grammar
