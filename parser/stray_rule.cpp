// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/stray_rule.hpp"

#include <algorithm>
#include <string>

#include "parser/override_buses.hpp"
#include "parser/printable.hpp"
#include "parser/rule_options.hpp"

namespace driver_override {
namespace {

constexpr std::string_view stray_separators = ",;";
constexpr std::string_view stray_quotes = "\"'";

std::string_view stray_word(const Parameter& parameter, std::string_view line) {
  return line.substr(parameter.word.offset, parameter.word.length);
}

/// True for `BUS,…=`, of a bus that takes overrides.
bool begins_stray_rule(std::string_view text) {
  const std::size_t comma = text.find(',');
  return comma != std::string_view::npos && is_override_bus(text.substr(0, comma)) &&
         text.find('=', comma) != std::string_view::npos;
}

/// True for a rule behind any `=` of a value.
bool holds_stray_rule(std::string_view value) {
  while (!begins_stray_rule(value)) {
    const std::size_t equals = value.find('=');
    if (equals == std::string_view::npos) return false;
    value.remove_prefix(equals + 1);
  }
  return true;
}

std::string_view without_stray_marks(std::string_view text, std::string_view marks) {
  return text.substr(std::min(text.find_first_not_of(marks), text.size()));
}

/// True for `…[00:03.0]`, of whose beginning something is lost.
bool is_stray_bracket(std::string_view name) {
  const std::size_t bracket = name.find('[');
  return bracket != std::string_view::npos && name.back() == ']' &&
         is_like_pci_addresses(name.substr(bracket + 1, name.size() - bracket - 2));
}

bool is_stray_rule(const Parameter& parameter, std::string_view word) {
  if (!parameter.value) return false;
  const std::string marks = std::string(stray_separators).append(stray_quotes);
  if (begins_stray_rule(without_stray_marks(word, marks)) ||
      is_like_pci_addresses(without_stray_marks(parameter.name, stray_separators)) ||
      is_stray_bracket(parameter.name))
    return true;
  const std::string_view value = without_stray_marks(*parameter.value, stray_quotes);
  return word.find('"') == std::string_view::npos ? holds_stray_rule(value)
                                                  : begins_stray_rule(value);
}

}  // namespace

bool is_like_pci_addresses(std::string_view text) {
  return text.find(':') != std::string_view::npos &&
         text.find_first_not_of("0123456789abcdefABCDEF:.,*?-/") == std::string_view::npos;
}

std::optional<Message> stray_rule(const Parameter& parameter, std::string_view line) {
  const std::string_view word = stray_word(parameter, line);
  if (!is_stray_rule(parameter, word)) return std::nullopt;
  return error_at(parameter.word, "a rule stands outside driver_override=: " + in_quotes(word),
                  "write driver_override= before it, with no blank between");
}

std::optional<Message> stray_rest(const Parameter& parameter, std::string_view line) {
  const std::string_view word = stray_word(parameter, line);
  const std::string_view rest = without_stray_marks(word, stray_separators);
  if (rest.size() == word.size() && !is_rule_option(parameter.name)) return std::nullopt;
  return error_at(parameter.word,
                  "a blank parts " + in_quotes(word) + " from the rule that it belongs to",
                  "no blank may stand within rules");
}

}  // namespace driver_override
