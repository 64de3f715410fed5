// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/spelling.hpp"

#include <algorithm>
#include <cctype>

namespace driver_override {
namespace {

// Words of a rule are short; a longer one is no misspelling, and would cost quadratic time.
constexpr std::size_t longest_word = 32;
constexpr std::size_t most_steps = 2;

bool same_letter(char one, char other) {
  return std::tolower(static_cast<unsigned char>(one)) ==
         std::tolower(static_cast<unsigned char>(other));
}

}  // namespace

std::size_t spelling_distance(std::string_view one, std::string_view other) {
  using Row = std::vector<std::size_t>;
  Row before_last(other.size() + 1);
  Row last(other.size() + 1);
  for (std::size_t j = 0; j <= other.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= one.size(); ++i) {
    Row row(other.size() + 1);
    row[0] = i;
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const std::size_t replace = same_letter(one[i - 1], other[j - 1]) ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + replace});
      if (i > 1 && j > 1 && same_letter(one[i - 1], other[j - 2]) &&
          same_letter(one[i - 2], other[j - 1]))
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::move(last);
    last = std::move(row);
  }
  return last[other.size()];
}

std::string_view nearest_word(std::string_view word,
                              const std::vector<std::string_view>& candidates) {
  std::string_view nearest;
  std::size_t least = most_steps + 1;
  if (word.size() > longest_word) return nearest;
  for (const std::string_view candidate : candidates) {
    // Each byte too many or too few is a step.
    if (std::max(word.size(), candidate.size()) - std::min(word.size(), candidate.size()) >
        most_steps)
      continue;
    const std::size_t distance = spelling_distance(word, candidate);
    if (distance < least && distance * 2 < candidate.size()) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace driver_override
