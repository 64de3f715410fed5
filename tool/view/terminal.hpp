// SPDX-License-Identifier: LGPL-2.1-or-later
// What an output is: colours and a width on a terminal, plain text in a pipe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "parser/message.hpp"

namespace driver_override {

class Terminal {
 public:
  /// Asks an output, and NO_COLOR in the environment (no-color.org).
  /// \param output  the descriptor: STDOUT_FILENO or STDERR_FILENO
  explicit Terminal(int output);

  /// The text in bold or a colour by its meaning; unchanged in a pipe.
  [[nodiscard]] std::string good(std::string_view text) const;      ///< green
  [[nodiscard]] std::string doubtful(std::string_view text) const;  ///< yellow
  [[nodiscard]] std::string bad(std::string_view text) const;       ///< red
  [[nodiscard]] std::string bold(std::string_view text) const;
  /// A severity's word: an error is bad, a warning doubtful.
  [[nodiscard]] std::string severity(Severity severity) const;

  /// The text in lines that fit the terminal, broken at blanks; unchanged in a pipe. Nothing is
  /// cut: a word that is too long has a line of its own. The text must not hold colours yet.
  ///
  /// \param used    columns that are taken in the first line
  /// \param indent  blanks before each further line
  [[nodiscard]] std::string wrap(std::string_view text, std::size_t used, std::size_t indent) const;

  /// Columns; 0: no limit.
  [[nodiscard]] std::size_t width() const { return width_; }

 private:
  [[nodiscard]] std::string paint(const char* code, std::string_view text) const;

  bool colours_ = false;
  std::size_t width_ = 0;
};

/// What wrap() does, for a width; 0: no limit.
std::string wrap_text(std::string_view text, std::size_t width, std::size_t used,
                      std::size_t indent);

}  // namespace driver_override
