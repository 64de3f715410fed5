// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/name.hpp"

#include <algorithm>

#include "parser/blank.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

int hex_digit_of_name(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

bool name_needs_escape(char byte) {
  constexpr std::string_view special = ",;=%#\"'*?[]/";
  const bool is_plain = (byte >= '0' && byte <= ':') || (byte >= 'a' && byte <= 'z');
  return !is_plain &&
         (static_cast<unsigned char>(byte) <= ' ' || static_cast<unsigned char>(byte) >= 0x7F ||
          special.find(byte) != std::string_view::npos);
}

}  // namespace

bool is_letter_or_digit(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z');
}

std::optional<char> decode_byte_of_name(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return std::nullopt;
  const int high = hex_digit_of_name(text[1]);
  const int low = hex_digit_of_name(text[2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

std::optional<Message> check_name_byte(std::string_view raw, std::size_t at, std::size_t offset,
                                       std::string_view kind) {
  const bool escape = raw[at] == '%';
  const std::optional<char> decoded = escape ? decode_byte_of_name(raw.substr(at)) : raw[at];
  const Span span{offset + at, escape && decoded ? 3U : 1U};
  const std::string name(kind);
  if (!decoded)
    return error_at(span, "expected two hex digits after \"%\" in a " + name + " name",
                    "write a percent sign as %25");
  if (*decoded == '\0') return error_at(span, "a " + name + " name cannot hold a NUL byte");
  if (*decoded == '/')
    return error_at(span, "a " + name + " name cannot hold \"/\"",
                    "sysfs shows a \"/\" in a name as \"!\"");
  return std::nullopt;
}

std::optional<Message> stray_end_of_name(std::string_view raw, std::size_t offset,
                                         std::string_view kind) {
  if (raw.empty()) return std::nullopt;
  for (const std::size_t at : {std::size_t{0}, raw.size() - 1})
    if (is_ascii_blank(raw[at]))
      return error_at({offset + at, 1},
                      "a " + std::string(kind) + " name neither begins nor ends with a blank",
                      "write no blank beside \",\" or \"=\"; %20 stands for one");
  return std::nullopt;
}

Parsed<std::string> parse_name(std::string_view raw, std::size_t offset, std::string_view kind) {
  if (auto fault = stray_end_of_name(raw, offset, kind)) return *fault;
  std::string name;
  for (std::size_t at = 0; at < raw.size();) {
    if (auto fault = check_name_byte(raw, at, offset, kind)) return *fault;
    const bool escape = raw[at] == '%';
    name += escape ? *decode_byte_of_name(raw.substr(at)) : raw[at];
    at += escape ? 3 : 1;
  }
  const Span span{offset, raw.size()};
  if (name.empty()) return error_at(span, "expected a " + std::string(kind) + " name");
  if (name == "." || name == "..")
    return error_at(span, in_quotes(name) + " cannot be a " + std::string(kind) + " name");
  if (name.size() > name_limit)
    return error_at(span, "the " + std::string(kind) + " name is " + std::to_string(name.size()) +
                              " bytes long; at most 255 are possible");
  return name;
}

bool is_bus_byte(char byte) {
  return is_letter_or_digit(byte) ||
         std::string_view("_-.+%/").find(byte) != std::string_view::npos;
}

std::string encode_bus_name(std::string_view bus) {
  std::string text;
  for (const char byte : bus)
    text += is_bus_byte(byte) && byte != '%' ? std::string(1, byte) : encode_name({&byte, 1});
  return text;
}

std::string encode_name(std::string_view name) {
  constexpr std::string_view digits = "0123456789abcdef";
  const bool is_marks = std::none_of(name.begin(), name.end(), is_letter_or_digit);
  const auto needs_escape = [&](char byte) { return is_marks || name_needs_escape(byte); };
  std::string text;
  while (true) {
    const auto* const escape = std::find_if(name.begin(), name.end(), needs_escape);
    const auto plain = static_cast<std::size_t>(escape - name.begin());
    text.append(name.data(), plain);  // by iterators it would be copied twice
    if (escape == name.end()) return text;
    const auto value = static_cast<unsigned char>(*escape);
    text += {'%', digits[value >> 4U], digits[value & 15U]};
    name.remove_prefix(plain + 1);
  }
}

}  // namespace driver_override
