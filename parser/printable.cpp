// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/printable.hpp"

#include <algorithm>
#include <cstdint>

namespace driver_override {
namespace {

constexpr std::size_t quoted_limit = 64;

std::string unprintable_byte(unsigned char byte) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  return {'%', digits[byte >> 4U], digits[byte & 15U]};
}

/// The first byte of a UTF-8 sequence: how long the sequence is (0: no first byte), and the least
/// code point that needs so many bytes.
struct Lead {
  std::size_t length;
  std::uint32_t bits;
  std::uint32_t least;
};

Lead printable_lead_byte(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xC2 && byte < 0xE0) return {2, byte & 0x1FU, 0x80};
  if (byte >= 0xE0 && byte < 0xF0) return {3, byte & 0x0FU, 0x800};
  if (byte >= 0xF0 && byte < 0xF5) return {4, byte & 0x07U, 0x10000};
  return {0, 0, 0};
}

/// One character at the start of `bytes`, which is not empty: its length in bytes, at least 1, and
/// its code point, or none if the bytes are not valid UTF-8 (RFC 3629).
struct Character {
  std::size_t length = 1;
  bool valid = false;
  std::uint32_t code = 0;
};

Character first_printable_character(std::string_view bytes) {
  const Lead lead = printable_lead_byte(static_cast<unsigned char>(bytes[0]));
  if (lead.length == 0 || lead.length > bytes.size()) return {};
  std::uint32_t code = lead.bits;
  for (std::size_t i = 1; i < lead.length; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if ((byte & 0xC0U) != 0x80) return {};
    code = (code << 6U) | (byte & 0x3FU);
  }
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  if (code < lead.least || code > 0x10FFFF || surrogate) return {};
  return {lead.length, true, code};
}

bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

/// How many bytes at the start are shown as they are, a column each: in most texts all of them.
std::size_t printable_length(std::string_view bytes) {
  const auto* const end = std::find_if_not(bytes.begin(), bytes.end(),
                                           [](char byte) { return byte >= ' ' && byte <= '~'; });
  return static_cast<std::size_t>(end - bytes.begin());
}

/// One character as it is shown: itself, or %XX for each byte.
struct Shown {
  std::string text;
  std::size_t columns;
  std::size_t bytes;
};

Shown show_first_printable(std::string_view bytes, bool escape_controls) {
  const Character character = first_printable_character(bytes);
  if (character.valid && !(escape_controls && is_control(character.code)))
    return {std::string(bytes.substr(0, character.length)), 1, character.length};
  std::string text;
  for (const char byte : bytes.substr(0, character.length))
    text += unprintable_byte(static_cast<unsigned char>(byte));
  return {text, text.size(), character.length};
}

std::string show_printable(std::string_view bytes, bool escape_controls) {
  std::string text;
  while (true) {
    const std::size_t plain = printable_length(bytes);
    text.append(bytes.substr(0, plain));
    bytes.remove_prefix(plain);
    if (bytes.empty()) return text;
    const Shown shown = show_first_printable(bytes, escape_controls);
    text += shown.text;
    bytes.remove_prefix(shown.bytes);
  }
}

}  // namespace

std::string as_utf8(std::string_view bytes) {
  return show_printable(bytes, false);
}

std::string printable(std::string_view bytes) {
  return show_printable(bytes, true);
}

std::size_t printable_width(std::string_view bytes) {
  std::size_t columns = 0;
  while (true) {
    const std::size_t plain = printable_length(bytes);
    columns += plain;
    bytes.remove_prefix(plain);
    if (bytes.empty()) return columns;
    const Shown shown = show_first_printable(bytes, true);
    columns += shown.columns;
    bytes.remove_prefix(shown.bytes);
  }
}

std::string in_quotes(std::string_view bytes) {
  const bool cut = bytes.size() > quoted_limit;
  return '"' + printable(bytes.substr(0, quoted_limit)) + (cut ? "...\"" : "\"");
}

}  // namespace driver_override
