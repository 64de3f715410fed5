// SPDX-License-Identifier: LGPL-2.1-or-later
// How bytes and errors are written in the description and in the access log.
#include "tests/fake_sysfs/notation.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace fake_sysfs {
namespace {

constexpr std::string_view blanks = " \t\r";
constexpr std::string_view hex_digits = "0123456789ABCDEF";
constexpr int last_errno = 133;

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  throw std::invalid_argument("expected two hex digits after %");
}

char decode_at(std::string_view text, std::size_t percent) {
  if (percent + 2 >= text.size()) throw std::invalid_argument("expected two hex digits after %");
  const int high = hex_value(text[percent + 1]);
  return static_cast<char>(high * 16 + hex_value(text[percent + 2]));
}

/// Decodes %XX and puts `before_decoded` in front of each byte that was written so.
std::string decode(std::string_view text, std::string_view before_decoded) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      bytes += text[at];
      continue;
    }
    bytes += before_decoded;
    bytes += decode_at(text, at);
    at += 2;
  }
  return bytes;
}

}  // namespace

std::vector<std::string_view> split_words(std::string_view line) {
  std::vector<std::string_view> words;
  std::size_t start = line.find_first_not_of(blanks);
  while (start != std::string_view::npos && line[start] != '#') {
    const std::size_t end = std::min(line.find_first_of(blanks, start), line.size());
    words.push_back(line.substr(start, end - start));
    start = line.find_first_not_of(blanks, end);
  }
  return words;
}

std::string escape(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    if (byte > ' ' && byte <= '~' && byte != '%') {
      text += byte;
      continue;
    }
    const auto value = static_cast<unsigned char>(byte);
    text += '%';
    text += hex_digits[value / 16U];
    text += hex_digits[value % 16U];
  }
  return text;
}

std::string unescape(std::string_view text) {
  return decode(text, "");
}

std::string unescape_glob(std::string_view text) {
  return decode(text, "\\");
}

std::string errno_name(int error) {
  if (error == probe_defer) return "EPROBE_DEFER";
  const char* name = strerrorname_np(error);
  return name != nullptr ? name : std::to_string(error);
}

std::optional<int> errno_value(std::string_view name) {
  if (name == "EPROBE_DEFER") return probe_defer;
  for (int error = 1; error <= last_errno; ++error) {
    const char* candidate = strerrorname_np(error);
    if (candidate != nullptr && name == candidate) return error;
  }
  return std::nullopt;
}

}  // namespace fake_sysfs
