// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/blank.hpp"

namespace driver_override {

bool is_blank(char byte) {
  return is_ascii_blank(byte) || byte == '\xA0';
}

bool is_ascii_blank(char byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_ascii_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_ascii_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace driver_override
