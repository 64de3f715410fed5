// SPDX-License-Identifier: LGPL-2.1-or-later
// What standard output is: colours and a width on a terminal, plain text in a pipe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace driver_override {

class Terminal {
 public:
  /// Asks standard output, and NO_COLOR in the environment (no-color.org).
  Terminal();

  /// The text in bold or a colour by its meaning; unchanged in a pipe.
  [[nodiscard]] std::string good(std::string_view text) const;
  [[nodiscard]] std::string bad(std::string_view text) const;
  [[nodiscard]] std::string bold(std::string_view text) const;

  /// The line, cut to the terminal's width; unchanged in a pipe. A line must not hold colours yet.
  [[nodiscard]] std::string fit(std::string line, std::size_t used = 0) const;

 private:
  [[nodiscard]] std::string paint(const char* code, std::string_view text) const;

  bool colours_ = false;
  std::size_t width_ = 0;  ///< columns; 0: no limit
};

}  // namespace driver_override
