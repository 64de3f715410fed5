// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/fields.hpp"

#include <algorithm>

#include "parser/name.hpp"

namespace driver_override {
namespace {

void append_value_of_field(std::string& text, std::string_view value) {
  const auto needs_escape = [](char byte) {
    return static_cast<unsigned char>(byte) < ' ' || byte == '%' || byte == 0x7F;
  };
  while (true) {
    const auto* const escape = std::find_if(value.begin(), value.end(), needs_escape);
    const auto plain = static_cast<std::size_t>(escape - value.begin());
    text.append(value.data(), plain);  // by iterators it would be copied twice
    if (escape == value.end()) return;
    text += encode_name({escape, 1});
    value.remove_prefix(plain + 1);
  }
}

std::string decoded_field(std::string_view text) {
  std::string value;
  while (!text.empty()) {
    const std::optional<char> byte = decode_byte_of_name(text);
    value += byte.value_or(text[0]);
    text.remove_prefix(byte ? 3 : 1);
  }
  return value;
}

}  // namespace

std::string to_text(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) append_field(text, name, value);
  return text;
}

void append_field(std::string& text, std::string_view name, std::string_view value) {
  text.append(name) += ' ';
  append_value_of_field(text, value);
  text += '\n';
}

Fields read_fields(std::string_view text) {
  Fields fields;
  for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos;) {
    const std::string_view line = text.substr(0, end);
    const std::size_t blank = std::min(line.find(' '), line.size());
    fields.emplace_back(line.substr(0, blank),
                        decoded_field(line.substr(std::min(blank + 1, line.size()))));
    text.remove_prefix(end + 1);
  }
  return fields;
}

std::string value_of_field(const Fields& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const auto& field) { return field.first == name; });
  return found == fields.end() ? std::string() : found->second;
}

}  // namespace driver_override
