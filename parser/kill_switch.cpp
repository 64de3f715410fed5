// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/kill_switch.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "parser/blank.hpp"
#include "parser/name.hpp"
#include "parser/near_miss.hpp"

namespace driver_override {
namespace {

bool equal_in_any_case(std::string_view one, std::string_view other) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

/// The text up to its last letter or digit.
std::string_view without_kill_marks(std::string_view text) {
  while (!text.empty() && !is_letter_or_digit(text.back())) text.remove_suffix(1);
  return text;
}

/// Marks count for nothing: quotes, a comma behind "off", or what another keyboard has in place of
/// the "=".
bool is_kill_word(std::string_view word) {
  word = without_kill_marks(word);
  std::size_t begin = word.size();
  while (begin > 0 && is_letter_or_digit(word[begin - 1])) --begin;
  if (!is_kill_value(word.substr(begin))) return false;
  std::string_view name = without_kill_marks(word.substr(0, begin));
  name.remove_prefix(std::min(name.find_first_not_of("\"'"), name.size()));
  return ends_in_our_parameter(name) || is_misspelt_parameter(name);
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
  std::string before;  // a blank may stand within it, too
  for (auto begin = line.begin(); begin != line.end();) {
    begin = std::find_if_not(begin, line.end(), parts_words);
    const auto end = std::find_if(begin, line.end(), parts_words);
    const std::string_view word(begin, end);
    if (is_kill_word(word) || is_kill_word(before.append("_").append(word))) return true;
    // A word of marks, such as a lone "=", stays behind the one before it.
    constexpr std::size_t longest = 64;
    if (std::any_of(word.begin(), word.end(), is_letter_or_digit) || before.size() > longest)
      before = word.substr(0, longest);
    begin = end;
  }
  return false;
}

Message misplaced_kill_switch(Span span) {
  return error_at(span, "driver_override=off works only on the kernel command line",
                  "to switch a drop-in off, rename it or hide it by an empty file of its name");
}

}  // namespace driver_override
