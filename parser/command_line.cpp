// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/command_line.hpp"

#include <algorithm>
#include <array>

#include "parser/message.hpp"
#include "parser/near_miss.hpp"
#include "parser/parameter.hpp"
#include "parser/printable.hpp"
#include "parser/rule_options.hpp"

namespace driver_override {
namespace {

bool equal_in_any_case(std::string_view one, std::string_view other) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

std::string parameter_without_quotes(std::string_view text) {
  std::string plain(text);
  plain.erase(std::remove(plain.begin(), plain.end(), '"'), plain.end());
  return plain;
}

bool is_kill_word(std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos ||
      !is_kill_value(parameter_without_quotes(word.substr(equals + 1))))
    return false;
  const std::string name = parameter_without_quotes(word.substr(0, equals));
  return is_our_parameter(name) || is_misspelt_parameter(name);
}

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

void append_rules(ParsedRules& all, ParsedRules&& more) {
  std::move(more.rules.begin(), more.rules.end(), std::back_inserter(all.rules));
  std::move(more.messages.begin(), more.messages.end(), std::back_inserter(all.messages));
}

/// A fragment with a bracket that is no `driver[…]`: the kernel has no such option.
void add_stray_bracket(ParsedRules& result, std::string_view fragment, std::size_t offset) {
  const std::size_t bracket = fragment.find_first_of("[]");
  if (bracket == std::string_view::npos) return;
  add_lost(result, fragment,
           error_at({offset, fragment.size()},
                    "expected \"driver[\" before the bracket, found " +
                        in_quotes(fragment.substr(0, bracket + 1)),
                    "the form is pci=driver[DEVICE,DEVICE]=DRIVER"));
}

/// An option of ours behind a rule. The form has none, and without the option, such as the card
/// that it asks for, the rule would take more than was meant.
void refuse_option(ParsedRules& result, std::string_view fragment, std::size_t offset) {
  const std::string_view name = fragment.substr(0, fragment.find('='));
  if (result.rules.empty() || result.rules.back().bad || !is_option(name)) return;
  result.rules.back().bad = true;
  result.messages.push_back(error_at(
      {offset, fragment.size()}, "a rule in \"pci=\" has no options, found " + in_quotes(name),
      "the form with options is driver_override=pci,DEVICE=DRIVER,OPTION"));
}

/// The rules among the fragments of a `pci=` value; the kernel's own options are passed over.
ParsedRules parse_pci_value(std::string_view value, std::size_t offset) {
  ParsedRules result;
  for (std::size_t at = 0; at <= value.size();) {
    const std::size_t end = pci_parameter_end(value, at);
    const std::string_view fragment = value.substr(at, end - at);
    if (fragment.substr(0, 6) == "driver")
      append_rules(result, parse_pci_rule(fragment, offset + at));
    else
      add_stray_bracket(result, fragment, offset + at);
    refuse_option(result, fragment, offset + at);
    at = end + 1;
  }
  return result;
}

ParsedRules lost_parameter(std::string_view text, Message fault) {
  ParsedRules result;
  add_lost(result, text, std::move(fault));
  return result;
}

/// The rules of a parameter of ours. `word` is the parameter as it stands in its source.
ParsedRules parse_our_value(const Parameter& parameter, std::string_view word,
                            std::size_t value_offset) {
  if (!parameter.value)
    return lost_parameter(word, error_at(parameter.word, "expected \"=\" and rules after " +
                                                             in_quotes(parameter.name)));
  if (is_kill_value(*parameter.value)) return {};
  ParsedRules result = parse_rules(*parameter.value, value_offset);
  if (result.rules.empty())
    add_lost(result, word,
             error_at(parameter.word, "expected rules after " + in_quotes(parameter.name),
                      "put no blank after \"=\"; only off, 0, no or false may follow it alone"));
  return result;
}

/// A quote that is never closed runs to the end of the line: a rule that it swallows, or follows in
/// it, may be an exception.
void check_open_parameter(const Parameter& parameter, std::string_view line, ParsedRules& parsed) {
  if (!parameter.quote_is_open) return;
  const std::string_view word = line.substr(parameter.word.offset, parameter.word.length);
  if (!parsed.rules.empty()) parsed.rules.back().bad = true;  // it may hold words of others
  const std::size_t quote = parameter.word.offset + word.rfind('"');
  add_lost(parsed, line.substr(quote),
           error_at({quote, 1}, "the quote is never closed",
                    "everything after it belongs to this parameter"));
}

/// A value whose quote ends in the midst of it: what follows there belongs to something else, and
/// the rule that holds the quote is not what was meant.
void check_quote_in_parameter(const Parameter& parameter, std::string_view line,
                              ParsedRules& parsed) {
  if (parsed.rules.empty() || parameter.quote_is_open || !parameter.value) return;
  const auto begin = static_cast<std::size_t>(parameter.value->data() - line.data());
  const std::size_t end = parameter.word.offset + parameter.word.length;
  const std::size_t quote = line.substr(0, end).find('"', begin);
  const bool opens_with_one = line[begin - 1] == '"' || line[parameter.word.offset] == '"';
  if (!opens_with_one || line[end - 1] == '"' || quote == std::string_view::npos) return;
  for (Rule& rule : parsed.rules) rule.bad = rule.bad || rule.text.find('"') != std::string::npos;
  add_lost(parsed, line.substr(quote, end - quote),
           error_at({quote, 1}, "the quote is closed in the middle of the value",
                    "put a blank after it, or the quote at the end"));
}

/// The end of a cut line is lost, and its last rule may be half of what was meant.
void check_cut_parameter(std::string_view line, ParsedRules& result) {
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
  add_lost(result, line.substr(begin),
           error_at({begin, line.size() - begin},
                    "the line has " + std::to_string(line.size()) +
                        " bytes, as many as some kernels keep, so its end may be cut",
                    "shorten the line, or move rules to a file in /etc/driver-override.d"));
  word = std::min(word, begin);
  result.messages.back().place->excerpt = {word, line.size() - word};
}

void check_nul_in_parameter(std::string_view line, ParsedRules& result) {
  const std::size_t nul = line.find('\0');
  if (nul == std::string_view::npos) return;
  add_lost(result, line.substr(nul),
           error_at({nul, 1}, "a NUL byte ends the command line",
                    "what follows it is not read, as in the kernel"));
  result.messages.back().place->excerpt = {0, line.size()};
}

Message misplaced_switch(Span span) {
  return error_at(span, "driver_override=off works only on the kernel command line",
                  "to switch a drop-in off, rename it or hide it by an empty file of its name");
}

/// The rules of one parameter of a command line, and what was to be one.
ParsedRules parse_parameter(const Parameter& parameter, std::string_view line) {
  const std::string_view word = line.substr(parameter.word.offset, parameter.word.length);
  const std::size_t value_offset =
      parameter.value ? static_cast<std::size_t>(parameter.value->data() - line.data()) : 0;
  ParsedRules parsed;
  if (is_our_parameter(parameter.name))
    parsed = parse_our_value(parameter, word, value_offset);
  else if (parameter.name == "pci" && parameter.value)
    parsed = parse_pci_value(*parameter.value, value_offset);
  else if (auto fault = near_miss(parameter, line))
    add_lost(parsed, word, std::move(*fault));
  if (auto fault = missing_blank(parameter, line)) add_lost(parsed, word, std::move(*fault));
  check_open_parameter(parameter, line, parsed);
  check_quote_in_parameter(parameter, line, parsed);
  set_excerpts(parsed.messages, parameter.word);
  return parsed;
}

}  // namespace

bool is_kill_value(std::string_view value) {
  constexpr std::array<std::string_view, 4> words = {"off", "0", "no", "false"};
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return equal_in_any_case(value, word); });
}

bool has_kill_switch(std::string_view line) {
  // A NUL byte, which ends the line, parts words here.
  const auto parts_words = [](char byte) { return is_blank(byte) || byte == '\0'; };
  for (auto begin = line.begin(); begin != line.end();) {
    begin = std::find_if_not(begin, line.end(), parts_words);
    const auto end = std::find_if(begin, line.end(), parts_words);
    if (is_kill_word({begin, end})) return true;
    begin = end;
  }
  return false;
}

ParsedRules parse_image_line(std::string_view line) {
  ParsedRules result;
  for (const Parameter& parameter : split_command_line(line))
    append_rules(result, parse_parameter(parameter, line));
  check_nul_in_parameter(line, result);
  return result;
}

ParsedRules parse_command_line(std::string_view line) {
  ParsedRules result = parse_image_line(line);
  check_cut_parameter(line, result);
  return result;
}

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
    const Parameter parameter{name, std::nullopt, {0, text.size()}, false};
    std::optional<Message> fault;
    if (is_misspelt_parameter(name)) fault = near_miss(parameter, text);
    if (fault)
      add_lost(result, text, error_at({offset, name.size()}, fault->text, fault->hint));
    else if (is_kill_value(text))
      add_lost(result, text, misplaced_switch(whole));
    else
      result = parse_rules(text, offset);
  } else if (const std::string_view value = text.substr(equals + 1); name == "pci") {
    result = parse_pci_value(value, offset + equals + 1);
    if (result.rules.empty())
      add_lost(result, text,
               error_at(whole, "expected driver[DEVICE]=DRIVER after \"pci=\"",
                        "a rule is BUS,DEVICE=DRIVER, as in pci,0000:02:00.0=pci-stub"));
  } else if (is_kill_value(value)) {
    add_lost(result, text, misplaced_switch(whole));
  } else {
    result = parse_our_value({name, value, whole, false}, text, offset + equals + 1);
  }
  set_excerpts(result.messages, whole);
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
    add_lost(result, argument,
             error_at(whole, "expected a rule, found " + in_quotes(argument),
                      "the kill switch is written driver_override=" + std::string(argument)));
    return result;
  }
  return parse_drop_in_line(argument, 0);
}

}  // namespace driver_override
