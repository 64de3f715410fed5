// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/boot_escape.hpp"

namespace driver_override {

std::string escape_for_boot_loader(std::string_view rule) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char byte : rule) {
    const auto value = static_cast<unsigned char>(byte);
    if (value <= ' ' || value >= 0x7F || byte == ';' ||
        special_bytes.find(byte) != std::string_view::npos)
      text += {'%', digits[value >> 4U], digits[value & 15U]};
    else
      text += byte;
  }
  return text;
}

}  // namespace driver_override
