// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/pci_parameter.hpp"

#include <algorithm>

#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "parser/rule_options.hpp"
#include "parser/stray_rule.hpp"

namespace driver_override {
namespace {

/// Where the fragment of a `pci=` value that starts at `begin` ends: at the next comma outside
/// `driver[…]`. A bracket that another one or an `=` follows before it closes costs its own
/// fragment, not the next.
std::size_t pci_parameter_end(std::string_view value, std::size_t begin) {
  const auto comma_from = [&](std::size_t at) {
    return std::min(value.find(',', at), value.size());
  };
  constexpr std::string_view opening = "driver[";
  if (value.substr(begin, opening.size()) != opening) return comma_from(begin);
  const std::size_t stop = value.find_first_of("]=[", begin + opening.size());
  if (stop == std::string_view::npos) return value.size();
  if (value[stop] != '[') return comma_from(stop);
  const std::size_t before = value.rfind(',', stop);
  return before != std::string_view::npos && before > begin ? before : comma_from(stop);
}

/// A fragment with a bracket that is no `driver[…]`: the kernel has no such option.
void add_stray_bracket_of_pci_parameter(ParsedRules& result, std::string_view fragment,
                                        std::size_t offset) {
  const std::size_t bracket = fragment.find_first_of("[]");
  if (bracket == std::string_view::npos) return;
  add_lost_rule(result, fragment,
                error_at({offset, fragment.size()},
                         "expected \"driver[\" before the bracket, found " +
                             in_quotes(fragment.substr(0, bracket + 1)),
                         "the form is pci=driver[DEVICE,DEVICE]=DRIVER"));
}

/// A device with a driver, and no brackets: the kernel has no such option.
void add_stray_device_of_pci_parameter(ParsedRules& result, std::string_view fragment,
                                       std::size_t offset) {
  const std::size_t equals = fragment.find('=');
  if (equals == std::string_view::npos || !is_like_pci_addresses(fragment.substr(0, equals)))
    return;
  add_lost_rule(result, fragment,
                error_at({offset, fragment.size()},
                         "expected \"driver[\" before " + in_quotes(fragment.substr(0, equals)),
                         "the form is pci=driver[DEVICE,DEVICE]=DRIVER"));
}

/// An option of ours behind a rule. The form has none, and without the option, such as the card
/// that it asks for, the rule would take more than was meant.
void refuse_option_in_pci_parameter(ParsedRules& result, std::string_view fragment,
                                    std::size_t offset) {
  const std::string_view name = fragment.substr(0, fragment.find('='));
  if (result.rules.empty() || result.rules.back().bad || !is_like_rule_option(name)) return;
  result.rules.back().bad = true;
  result.messages.push_back(error_at(
      {offset, fragment.size()}, "a rule in \"pci=\" has no options, found " + in_quotes(name),
      "the form with options is driver_override=pci,DEVICE=DRIVER,OPTION"));
}

}  // namespace

ParsedRules parse_pci_parameter(std::string_view value, std::size_t offset) {
  ParsedRules result;
  for (std::size_t at = 0; at <= value.size();) {
    const std::size_t end = pci_parameter_end(value, at);
    const std::string_view fragment = value.substr(at, end - at);
    if (fragment.substr(0, 6) == "driver")
      append_parsed_rules(result, parse_pci_rule(fragment, offset + at));
    else
      add_stray_bracket_of_pci_parameter(result, fragment, offset + at);
    add_stray_device_of_pci_parameter(result, fragment, offset + at);
    refuse_option_in_pci_parameter(result, fragment, offset + at);
    at = end + 1;
  }
  return result;
}

}  // namespace driver_override
