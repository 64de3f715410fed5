// SPDX-License-Identifier: LGPL-2.1-or-later
// A fuzzer's bytes, taken apart; and what ends a fuzzer that has found something.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace driver_override {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : left_(reinterpret_cast<const char*>(data), size) {}

  /// The next byte; 0 if there is none left.
  unsigned byte() {
    if (left_.empty()) return 0;
    const auto value = static_cast<unsigned char>(left_[0]);
    left_.remove_prefix(1);
    return value;
  }
  unsigned below(unsigned limit) { return byte() % limit; }

  /// The bytes up to the next newline, which goes too.
  std::string line() {
    const std::size_t end = std::min(left_.find('\n'), left_.size());
    std::string text(left_.substr(0, end));
    left_.remove_prefix(std::min(end + 1, left_.size()));
    return text;
  }
  std::string rest() { return std::string(std::exchange(left_, {})); }

 private:
  std::string_view left_;
};

/// Ends the fuzzer, which then writes its input down, unless the property holds.
inline void require(bool holds, const char* property, std::string_view about = {}) {
  if (holds) return;
  (void)std::fprintf(stderr, "does not hold: %s\n%.*s\n", property, static_cast<int>(about.size()),
                     about.data());
  std::abort();
}

}  // namespace driver_override
