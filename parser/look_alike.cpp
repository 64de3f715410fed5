// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/look_alike.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace driver_override {
namespace {

/// A run of characters that all look like `plain`; NUL: like nothing.
struct Range {
  std::uint32_t first;
  std::uint32_t last;
  char plain;
};

/// The confusables of Unicode (UTS 39) that keyboards and word processors produce.
constexpr std::array<Range, 40> ranges = {{
    {0x00A0, 0x00A0, ' '},  {0x00AD, 0x00AD, '\0'}, {0x00AB, 0x00AB, '"'},  {0x00BB, 0x00BB, '"'},
    {0x0131, 0x0131, 'i'},  {0x03BF, 0x03BF, 'o'},  {0x03BD, 0x03BD, 'v'},  {0x0430, 0x0430, 'a'},
    {0x0435, 0x0435, 'e'},  {0x043E, 0x043E, 'o'},  {0x0440, 0x0440, 'p'},  {0x0441, 0x0441, 'c'},
    {0x0443, 0x0443, 'y'},  {0x0445, 0x0445, 'x'},  {0x0455, 0x0455, 's'},  {0x0456, 0x0456, 'i'},
    {0x0458, 0x0458, 'j'},  {0x04CF, 0x04CF, 'l'},  {0x0501, 0x0501, 'd'},  {0x2000, 0x200A, ' '},
    {0x200B, 0x200F, '\0'}, {0x2010, 0x2015, '-'},  {0x2018, 0x201B, '\''}, {0x201C, 0x201F, '"'},
    {0x2024, 0x2024, '.'},  {0x2032, 0x2032, '\''}, {0x2033, 0x2033, '"'},  {0x2043, 0x2043, '-'},
    {0x2044, 0x2044, '/'},  {0x2060, 0x2060, '\0'}, {0x2212, 0x2212, '-'},  {0x2215, 0x2215, '/'},
    {0x2236, 0x2236, ':'},  {0x2217, 0x2217, '*'},  {0x3000, 0x3000, ' '},  {0xA789, 0xA789, ':'},
    {0xFE58, 0xFE58, '-'},  {0xFE63, 0xFE63, '-'},  {0xFEFF, 0xFEFF, '\0'}, {0x037E, 0x037E, ';'},
}};

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 1;
};

bool look_alike_follows(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80;
}

/// The character of two or three bytes at a place; no code if there is none.
Character read_look_alike(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  if ((byte(0) & 0xE0U) == 0xC0 && look_alike_follows(text, at + 1))
    return {(byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU), 2};
  if ((byte(0) & 0xF0U) == 0xE0 && look_alike_follows(text, at + 1) &&
      look_alike_follows(text, at + 2))
    return {(byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU), 3};
  return {};
}

/// The ASCII character that a code looks like, NUL if it cannot be seen; none for others.
std::optional<char> plain_of_look_alike(std::uint32_t code) {
  // The full-width forms of all of ASCII.
  if (code >= 0xFF01 && code <= 0xFF5E) return static_cast<char>(code - 0xFF01 + '!');
  for (const Range& range : ranges)
    if (code >= range.first && code <= range.last) return range.plain;
  return std::nullopt;
}

}  // namespace

std::optional<LookAlike> find_look_alike(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {  // mostly all of them
      ++at;
      continue;
    }
    const Character one = read_look_alike(text, at);
    if (const auto plain = plain_of_look_alike(one.code)) {
      std::array<char, 12> code{};
      (void)std::snprintf(code.data(), code.size(), "U+%04X", one.code);
      return LookAlike{at, one.length, code.data(),
                       *plain == '\0' ? std::string() : std::string(1, *plain)};
    }
    at += one.length;
  }
  return std::nullopt;
}

std::string without_look_alikes(std::string_view text) {
  std::string plain;
  while (const auto one = find_look_alike(text)) {
    plain += std::string(text.substr(0, one->at)) + one->plain;
    text.remove_prefix(one->at + one->length);
  }
  return plain + std::string(text);
}

std::string to_text(const LookAlike& one) {
  if (one.plain.empty()) return one.code + " is a character that cannot be seen";
  return one.code + " only looks like the ASCII character \"" + one.plain + "\"";
}

}  // namespace driver_override
