// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/command_line.hpp"

#include <algorithm>
#include <array>

#include "parser/blank.hpp"
#include "parser/kill_switch.hpp"
#include "parser/message.hpp"
#include "parser/near_miss.hpp"
#include "parser/parameter.hpp"
#include "parser/pci_parameter.hpp"
#include "parser/printable.hpp"
#include "parser/stray_rule.hpp"

namespace driver_override {
namespace {

ParsedRules lost_our_parameter(std::string_view text, Message fault) {
  ParsedRules result;
  add_lost_rule(result, text, std::move(fault));
  return result;
}

/// A quote that is never closed runs to the end of the line: a rule that it swallows, or follows in
/// it, may be an exception.
void refuse_open_quote_in_command_line(const Parameter& parameter, std::string_view line,
                                       ParsedRules& parsed) {
  if (!parameter.quote_is_open) return;
  const std::string_view word = line.substr(parameter.word.offset, parameter.word.length);
  if (!parsed.rules.empty()) parsed.rules.back().bad = true;  // it may hold words of others
  const std::size_t quote = parameter.word.offset + word.rfind('"');
  add_lost_rule(parsed, line.substr(quote),
                error_at({quote, 1}, "the quote is never closed",
                         "everything after it belongs to this parameter"));
}

/// A value whose quote ends in the midst of it: what follows there belongs to something else, and
/// the rule that holds the quote is not what was meant.
void refuse_inner_quote_in_command_line(const Parameter& parameter, std::string_view line,
                                        ParsedRules& parsed) {
  if (parsed.rules.empty() || parameter.quote_is_open || !parameter.value) return;
  const auto begin = static_cast<std::size_t>(parameter.value->data() - line.data());
  const std::size_t end = parameter.word.offset + parameter.word.length;
  const std::size_t quote = line.substr(0, end).find('"', begin);
  const bool opens_with_one = line[begin - 1] == '"' || line[parameter.word.offset] == '"';
  if (!opens_with_one || line[end - 1] == '"' || quote == std::string_view::npos) return;
  for (Rule& rule : parsed.rules) rule.bad = rule.bad || rule.text.find('"') != std::string::npos;
  add_lost_rule(parsed, line.substr(quote, end - quote),
                error_at({quote, 1}, "the quote is closed in the middle of the value",
                         "put a blank after it, or the quote at the end"));
}

/// The end of a cut line is lost, and its last rule may be half of what was meant.
void refuse_cut_command_line(std::string_view line, ParsedRules& result) {
  constexpr std::array<std::size_t, 5> limits = {255, 511, 1023, 2047, 4095};
  if (std::find(limits.begin(), limits.end(), line.size()) == limits.end()) return;
  std::size_t word = line.size();
  while (word > 0 && !is_blank(line[word - 1])) --word;
  std::size_t begin = word;
  for (Rule& rule : result.rules)
    // A quote may follow.
    if (!rule.bad && rule.span.offset + rule.span.length + 1 >= line.size()) {
      rule.bad = true;
      begin = rule.span.offset;
    }
  add_lost_rule(result, line.substr(begin),
                error_at({begin, line.size() - begin},
                         "the line has " + std::to_string(line.size()) +
                             " bytes, as many as some kernels keep, so its end may be cut",
                         "shorten the line, or move rules to a file in /etc/driver-override.d"));
  word = std::min(word, begin);
  result.messages.back().place->excerpt = {word, line.size() - word};
}

void refuse_nul_in_command_line(std::string_view line, ParsedRules& result) {
  const std::size_t nul = line.find('\0');
  if (nul == std::string_view::npos) return;
  add_lost_rule(result, line.substr(nul),
                error_at({nul, 1}, "a NUL byte ends the command line",
                         "what follows it is not read, as in the kernel"));
  result.messages.back().place->excerpt = {0, line.size()};
}

/// What stands in front of a parameter.
enum class Before { nothing_of_ours, sound_rules, bad_rule, lost_text };

Before what_was_read(const ParsedRules& parsed) {
  if (parsed.rules.empty()) return Before::nothing_of_ours;
  if (parsed.rules.back().lost) return Before::lost_text;
  return parsed.rules.back().bad ? Before::bad_rule : Before::sound_rules;
}

/// What may be of ours in a parameter of others. Behind lost text, no more is lost.
std::optional<Message> fault_of_other_parameter(const Parameter& parameter, Before before,
                                                std::string_view line) {
  // An open quote within a name is told elsewhere.
  if (parameter.quote_is_open && parameter.name.find('"') != std::string_view::npos)
    return std::nullopt;
  if (auto fault = near_miss(parameter, line)) return fault;
  if (auto fault = missing_blank(parameter, line)) return fault;
  if (before == Before::lost_text) return std::nullopt;
  if (auto fault = stray_rule(parameter, line)) return fault;
  return before == Before::sound_rules ? stray_rest(parameter, line) : std::nullopt;
}

/// The rules of one parameter of a command line, and what was to be one.
ParsedRules parse_command_line_parameter(const Parameter& parameter, Before before,
                                         std::string_view line) {
  const std::string_view word = line.substr(parameter.word.offset, parameter.word.length);
  const std::size_t value_offset =
      parameter.value ? static_cast<std::size_t>(parameter.value->data() - line.data()) : 0;
  ParsedRules parsed;
  std::optional<Message> fault;
  if (is_our_parameter(parameter.name)) {
    parsed = parse_our_parameter(parameter, word, value_offset);
    fault = missing_blank(parameter, line);
  } else if (parameter.name == "pci" && parameter.value) {
    parsed = parse_pci_parameter(*parameter.value, value_offset);
    fault = missing_blank(parameter, line);
  } else {
    fault = fault_of_other_parameter(parameter, before, line);
  }
  if (fault) add_lost_rule(parsed, word, std::move(*fault));
  refuse_open_quote_in_command_line(parameter, line, parsed);
  refuse_inner_quote_in_command_line(parameter, line, parsed);
  set_message_excerpts(parsed.messages, parameter.word);
  return parsed;
}

}  // namespace

ParsedRules parse_our_parameter(const Parameter& parameter, std::string_view word,
                                std::size_t value_offset) {
  if (!parameter.value)
    return lost_our_parameter(word, error_at(parameter.word, "expected \"=\" and rules after " +
                                                                 in_quotes(parameter.name)));
  if (is_kill_value(*parameter.value)) return {};
  ParsedRules result = parse_rules(*parameter.value, value_offset);
  if (result.rules.empty())
    add_lost_rule(
        result, word,
        error_at(parameter.word, "expected rules after " + in_quotes(parameter.name),
                 "put no blank after \"=\"; only off, 0, no or false may follow it alone"));
  return result;
}

ParsedRules parse_uncut_command_line(std::string_view line) {
  ParsedRules result;
  Before before = Before::nothing_of_ours;
  for (const Parameter& parameter : split_into_parameters(line)) {
    ParsedRules parsed = parse_command_line_parameter(parameter, before, line);
    before = what_was_read(parsed);
    append_parsed_rules(result, std::move(parsed));
  }
  refuse_nul_in_command_line(line, result);
  return result;
}

ParsedRules parse_command_line(std::string_view line) {
  ParsedRules result = parse_uncut_command_line(line);
  refuse_cut_command_line(line, result);
  return result;
}

}  // namespace driver_override
