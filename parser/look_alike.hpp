// SPDX-License-Identifier: LGPL-2.1-or-later
// Characters that look like ASCII and are not: what a word processor, a web page or another
// keyboard puts in place of a hyphen, a quotation mark, a blank or a letter.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace driver_override {

struct LookAlike {
  std::size_t at;      ///< where it starts, in bytes
  std::size_t length;  ///< in bytes of UTF-8
  std::string code;    ///< "U+2011"
  std::string plain;   ///< the ASCII character that it looks like; empty: it cannot be seen
};

/// The first such character of a text; none if there is none. Bytes that are not UTF-8 are none.
std::optional<LookAlike> find_look_alike(std::string_view text);

/// The text with each of them as the ASCII character that it looks like.
std::string without_look_alikes(std::string_view text);

/// "U+2011 is not the ASCII character "-""
std::string to_text(const LookAlike& one);

}  // namespace driver_override
