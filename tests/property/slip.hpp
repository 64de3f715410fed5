// SPDX-License-Identifier: LGPL-2.1-or-later
// A slip of the keyboard.
#pragma once

#include <string>
#include <utility>

namespace driver_override {

inline constexpr unsigned slips = 5;

/// The text with one byte more, one less, another one, two that have changed places, or one twice.
///
/// \param at   where, within the text
/// \param how  which of the slips, from 0
/// \param key  the byte that is typed, where the slip has one
inline std::string with_slip(std::string text, std::size_t at, unsigned how, char key) {
  switch (how) {
    case 0:
      text.insert(at, 1, key);
      break;
    case 1:
      text.erase(at, 1);
      break;
    case 2:
      text[at] = key;
      break;
    case 3:
      if (at + 1 < text.size()) std::swap(text[at], text[at + 1]);
      break;
    default:
      text.insert(at, 1, text[at]);
  }
  return text;
}

}  // namespace driver_override
