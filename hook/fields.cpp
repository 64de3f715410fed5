// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/fields.hpp"

#include <algorithm>

#include "parser/name.hpp"

namespace driver_override {
namespace {

std::string encoded(std::string_view value) {
  std::string text;
  for (const char& byte : value) {
    const auto number = static_cast<unsigned char>(byte);
    if (number < ' ' || byte == '%' || byte == 0x7F)
      text += encode_name({&byte, 1});
    else
      text += byte;
  }
  return text;
}

std::string decoded(std::string_view text) {
  std::string value;
  while (!text.empty()) {
    const std::optional<char> byte = decode_percent(text);
    value += byte.value_or(text[0]);
    text.remove_prefix(byte ? 3 : 1);
  }
  return value;
}

}  // namespace

std::string to_text(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) text += name + ' ' + encoded(value) + '\n';
  return text;
}

Fields read_fields(std::string_view text) {
  Fields fields;
  for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos;) {
    const std::string_view line = text.substr(0, end);
    const std::size_t blank = std::min(line.find(' '), line.size());
    fields.emplace_back(line.substr(0, blank),
                        decoded(line.substr(std::min(blank + 1, line.size()))));
    text.remove_prefix(end + 1);
  }
  return fields;
}

std::string value_of(const Fields& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const auto& field) { return field.first == name; });
  return found == fields.end() ? std::string() : found->second;
}

}  // namespace driver_override
