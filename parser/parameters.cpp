// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/parameters.hpp"

#include <algorithm>
#include <array>

#include "parser/command_line.hpp"

namespace driver_override {
namespace {

constexpr std::string_view main_name = "driver_override";
constexpr std::string_view alias_name = "rd.driver_override";

bool is_ours(std::string_view name) {
  return same_parameter_name(name, main_name) || same_parameter_name(name, alias_name);
}

bool equal_in_any_case(std::string_view one, std::string_view other) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

bool is_kill_word(std::string_view word) {
  std::string plain;
  std::copy_if(word.begin(), word.end(), std::back_inserter(plain),
               [](char c) { return c != '"'; });
  const std::size_t equals = plain.find('=');
  if (equals == std::string::npos) return false;
  const std::string_view view = plain;
  return is_ours(view.substr(0, equals)) && is_kill_value(view.substr(equals + 1));
}

/// Where the fragment of a `pci=` value that starts at `begin` ends: at the next comma outside
/// `driver[…]`. A bracket that another one or an `=` follows before it closes costs its own
/// fragment, not the next.
std::size_t pci_fragment_end(std::string_view value, std::size_t begin) {
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

void append(ParsedRules& all, ParsedRules&& more) {
  std::move(more.rules.begin(), more.rules.end(), std::back_inserter(all.rules));
  std::move(more.diagnostics.begin(), more.diagnostics.end(), std::back_inserter(all.diagnostics));
}

/// The rules among the fragments of a `pci=` value; the kernel's own options are passed over.
ParsedRules parse_pci_value(std::string_view value, std::size_t offset) {
  ParsedRules result;
  for (std::size_t at = 0; at <= value.size();) {
    const std::size_t end = pci_fragment_end(value, at);
    const std::string_view fragment = value.substr(at, end - at);
    if (fragment.substr(0, 6) == "driver") append(result, parse_pci_rule(fragment, offset + at));
    at = end + 1;
  }
  return result;
}

/// Reads the rules of one parameter; `offset` is where the view's line starts in its source.
ParsedRules parse_parameter(const Parameter& parameter, std::size_t value_offset) {
  if (parameter.name == "pci" && parameter.value)
    return parse_pci_value(*parameter.value, value_offset);
  if (!is_ours(parameter.name)) return {};
  if (!parameter.value) {
    ParsedRules none;
    none.diagnostics.push_back(
        error_at(parameter.word, "expected \"=\" and rules behind " + in_quotes(parameter.name)));
    return none;
  }
  if (is_kill_value(*parameter.value)) return {};
  return parse_rules(*parameter.value, value_offset);
}

/// A quote that is never closed runs to the end of the line and swallows what follows. In a
/// parameter of ours the last rule may hold words that are not its own, so it counts as bad.
void check_quote(const Parameter& parameter, std::string_view line, ParsedRules& parsed) {
  if (!parameter.quote_is_open) return;
  const std::string_view word = line.substr(parameter.word.offset, parameter.word.length);
  const Span quote{parameter.word.offset + word.rfind('"'), 1};
  Diagnostic fault = error_at(quote, "the quote is never closed");
  if (!parsed.rules.empty()) {
    parsed.rules.back().bad = true;
    fault.hint = "the last rule may have swallowed what follows, so it is left out";
  } else if (word.find("driver_override=") != std::string_view::npos ||
             word.find("driver-override=") != std::string_view::npos) {
    fault.severity = Severity::warning;
    fault.hint = "everything behind it belongs to this parameter, driver_override= too";
  } else {
    return;
  }
  parsed.diagnostics.push_back(std::move(fault));
}

/// The rule at the end of a cut line may be half of what was meant, an exemption say.
void check_cut(std::string_view line, ParsedRules& parsed) {
  if (parsed.rules.empty() || parsed.rules.back().bad) return;
  Rule& last = parsed.rules.back();
  if (last.span.offset + last.span.length + 1 < line.size()) return;  // a quote may follow
  last.bad = true;
  parsed.diagnostics.push_back(
      error_at(last.span,
               "the line has " + std::to_string(line.size()) +
                   " bytes, as many as a kernel keeps, so its last rule may be cut",
               "shorten the line, or move rules to a file in /etc/driver-override.d"));
}

void check_nul(std::string_view line, ParsedRules& result) {
  const std::size_t nul = line.find('\0');
  if (nul == std::string_view::npos) return;
  Diagnostic warning = error_at({nul, 1}, "a NUL byte ends the command line",
                                "what stands behind it is not read, as in the kernel");
  warning.severity = Severity::warning;
  warning.context = {0, line.size()};
  result.diagnostics.push_back(std::move(warning));
}

}  // namespace

bool is_kill_value(std::string_view value) {
  constexpr std::array<std::string_view, 4> words = {"off", "0", "no", "false"};
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return equal_in_any_case(value, word); });
}

bool has_kill_switch(std::string_view line) {
  for (auto begin = line.begin(); begin != line.end();) {
    begin = std::find_if_not(begin, line.end(), is_blank);
    const auto end = std::find_if(begin, line.end(), is_blank);
    if (is_kill_word({begin, end})) return true;
    begin = end;
  }
  return false;
}

bool may_be_cut(std::string_view line) {
  constexpr std::array<std::size_t, 5> limits = {255, 511, 1023, 2047, 4095};
  return std::find(limits.begin(), limits.end(), line.size()) != limits.end();
}

ParsedRules parse_command_line(std::string_view line) {
  ParsedRules result;
  for (const Parameter& parameter : split_command_line(line)) {
    const std::size_t value_offset =
        parameter.value ? static_cast<std::size_t>(parameter.value->data() - line.data()) : 0;
    ParsedRules parsed = parse_parameter(parameter, value_offset);
    check_quote(parameter, line, parsed);
    if (parameter.word.offset + parameter.word.length == line.size() && may_be_cut(line))
      check_cut(line, parsed);
    for (Diagnostic& diagnostic : parsed.diagnostics) diagnostic.context = parameter.word;
    append(result, std::move(parsed));
  }
  check_nul(line, result);
  return result;
}

std::string_view strip_comment(std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at)
    if (line[at] == '#' && (at == 0 || is_blank(line[at - 1]))) {
      line = line.substr(0, at);
      break;
    }
  return trim_blanks(line);
}

ParsedRules parse_drop_in_line(std::string_view text, std::size_t offset) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const Span whole{offset, text.size()};
  ParsedRules result;
  if (equals != std::string_view::npos && (is_ours(name) || name == "pci")) {
    result = parse_parameter({name, text.substr(equals + 1), whole, false}, offset + equals + 1);
    if (is_ours(name) && is_kill_value(text.substr(equals + 1)))
      result.diagnostics.push_back(
          error_at(whole, "the kill switch works on the kernel command line only",
                   "to switch a drop-in off, rename it or hide it by an empty file of its name"));
  } else {
    result = parse_rules(text, offset);
  }
  for (Diagnostic& diagnostic : result.diagnostics) diagnostic.context = whole;
  return result;
}

ParsedRules parse_argument(std::string_view argument) {
  const std::size_t equals = argument.find('=');
  if (equals != std::string_view::npos && is_ours(argument.substr(0, equals)) &&
      is_kill_value(argument.substr(equals + 1)))
    return {};
  return parse_drop_in_line(argument, 0);
}

}  // namespace driver_override
