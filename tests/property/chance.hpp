// SPDX-License-Identifier: LGPL-2.1-or-later
// Random choices that repeat: a failure is found again by its seed.
#pragma once

#include <random>
#include <string>
#include <string_view>

namespace driver_override {

class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}

  /// A number from 0 to `limit` - 1.
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  bool one_in(unsigned odds) { return below(odds) == 0; }
  char of(std::string_view alphabet) {
    return alphabet[below(static_cast<unsigned>(alphabet.size()))];
  }
  std::string text(std::string_view alphabet, unsigned least, unsigned most) {
    std::string word(least + below(most - least + 1), ' ');
    for (char& byte : word) byte = of(alphabet);
    return word;
  }

 private:
  std::mt19937 random_;
};

}  // namespace driver_override
