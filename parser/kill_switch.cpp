// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/kill_switch.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "parser/blank.hpp"
#include "parser/near_miss.hpp"

namespace driver_override {
namespace {

bool equal_in_any_case(std::string_view one, std::string_view other) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

std::string kill_word_without_quotes(std::string_view text) {
  std::string plain(text);
  plain.erase(std::remove(plain.begin(), plain.end(), '"'), plain.end());
  return plain;
}

bool is_kill_word(std::string_view word) {
  const std::size_t equals = word.rfind('=');
  if (equals == std::string_view::npos ||
      !is_kill_value(kill_word_without_quotes(word.substr(equals + 1))))
    return false;
  const std::string name = kill_word_without_quotes(word.substr(0, equals));
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
  for (auto begin = line.begin(); begin != line.end();) {
    begin = std::find_if_not(begin, line.end(), parts_words);
    const auto end = std::find_if(begin, line.end(), parts_words);
    if (is_kill_word({begin, end})) return true;
    begin = end;
  }
  return false;
}

Message misplaced_kill_switch(Span span) {
  return error_at(span, "driver_override=off works only on the kernel command line",
                  "to switch a drop-in off, rename it or hide it by an empty file of its name");
}

}  // namespace driver_override
