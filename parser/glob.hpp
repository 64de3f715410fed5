// SPDX-License-Identifier: LGPL-2.1-or-later
// A shell pattern, compiled: * ? [set] as fnmatch(3) with FNM_NOESCAPE in the C locale, with %XX
// for bytes that are never wildcards. Matching is linear in pattern times name for any pattern,
// which fnmatch(3) is not: a pattern must not stop the boot.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "parser/message.hpp"

namespace driver_override {

class Glob {
 public:
  /// True if the text holds a wildcard: `*`, `?` or `[`.
  static bool has_wildcard(std::string_view raw);

  /// Compiles a pattern.
  /// \param raw     the pattern as written
  /// \param offset  where `raw` starts in its source, in bytes
  /// \return the pattern; or an error for a `[` that is not closed, a malformed %XX, a NUL or a `/`
  static Parsed<Glob> compile(std::string_view raw, std::size_t offset);

  /// True if the pattern can match a name of `least` to `most` bytes by its length alone.
  [[nodiscard]] bool fits_length(std::size_t least, std::size_t most) const;

  /// True if the pattern matches the whole name.
  [[nodiscard]] bool matches(std::string_view name) const;

  /// The pattern without sets and escapes, for another reader of patterns: `?` stands for each set,
  /// and for each byte that is not plain. Matches at least what this one matches.
  ///
  /// \param is_plain  true for a byte that stands for itself
  [[nodiscard]] std::string outline(bool (*is_plain)(char)) const;

 private:
  using Set = std::bitset<256>;
  struct Star {};
  using Token = std::variant<char, Star, Set>;

  /// Reads the set whose `[` is at `raw[at]` and moves `at` behind its `]`.
  static Parsed<Set> compile_set(std::string_view raw, std::size_t offset, std::size_t& at);

  /// How many bytes the name must have at least: every token but the stars takes one.
  [[nodiscard]] std::size_t least_length() const;

  std::vector<Token> tokens_;
};

}  // namespace driver_override
