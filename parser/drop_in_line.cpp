// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/drop_in_line.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "parser/blank.hpp"
#include "parser/command_line.hpp"
#include "parser/kill_switch.hpp"
#include "parser/message.hpp"
#include "parser/near_miss.hpp"
#include "parser/parameter.hpp"
#include "parser/pci_parameter.hpp"
#include "parser/printable.hpp"

namespace driver_override {

std::string_view strip_comment(std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at)
    if (line[at] == '#' && (at == 0 || is_ascii_blank(line[at - 1]))) {
      line = line.substr(0, at);
      break;
    }
  return trim_blanks(line);
}

ParsedRules parse_drop_in_line(std::string_view text, std::size_t offset) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view name = text.substr(0, equals);
  const Span whole{offset, text.size()};
  ParsedRules result;
  if (equals == text.size() || !(is_our_parameter(name) || name == "pci")) {
    const Parameter parameter{name, std::nullopt, {0, text.size()}};
    std::optional<Message> fault;
    if (name.find_first_of(",;") == std::string_view::npos && is_misspelt_parameter(name))
      fault = near_miss(parameter, text);
    if (fault)
      add_lost_rule(result, text, error_at({offset, name.size()}, fault->text, fault->hint));
    else if (is_kill_value(text))
      add_lost_rule(result, text, misplaced_kill_switch(whole));
    else
      result = parse_rules(text, offset);
  } else if (const std::string_view value = text.substr(equals + 1); name == "pci") {
    result = parse_pci_parameter(value, offset + equals + 1);
    if (result.rules.empty())
      add_lost_rule(result, text,
                    error_at(whole, "expected driver[DEVICE]=DRIVER after \"pci=\"",
                             "a rule is BUS,DEVICE=DRIVER, as in pci,0000:02:00.0=pci-stub"));
  } else if (is_kill_value(value)) {
    add_lost_rule(result, text, misplaced_kill_switch(whole));
  } else {
    result = parse_our_parameter({name, value, whole}, text, offset + equals + 1);
  }
  set_message_excerpts(result.messages, whole);
  return result;
}

ParsedRules parse_argument(std::string_view argument) {
  const std::size_t equals = argument.find('=');
  if (equals != std::string_view::npos && is_our_parameter(argument.substr(0, equals)) &&
      is_kill_value(argument.substr(equals + 1)))
    return {};
  const Span whole{0, argument.size()};
  if (is_kill_value(argument)) {
    ParsedRules result;
    add_lost_rule(result, argument,
                  error_at(whole, "expected a rule, found " + in_quotes(argument),
                           "the kill switch is written driver_override=" + std::string(argument)));
    return result;
  }
  return parse_drop_in_line(argument, 0);
}

}  // namespace driver_override
