// SPDX-License-Identifier: LGPL-2.1-or-later
// Follows lib/cmdline.c, next_arg, step by step; its oddities are wanted (see the tests).
#include "parser/parameter.hpp"

#include <algorithm>

#include "parser/blank.hpp"

namespace driver_override {
namespace {

char byte_of_parameter_name(char byte) {
  return byte == '-' ? '_' : byte;
}

/// Reads the parameter at `start`, which is no blank.
Parameter next_parameter(std::string_view line, std::size_t start) {
  const bool quoted = line[start] == '"';
  const std::size_t begin = quoted ? start + 1 : start;
  bool in_quote = quoted;
  std::size_t equals = begin;  // an `=` at the very start is part of the name, as in the kernel
  std::size_t end = begin;
  for (; end < line.size(); ++end) {
    if (is_blank(line[end]) && !in_quote) break;
    if (equals == begin && line[end] == '=') equals = end;
    if (line[end] == '"') in_quote = !in_quote;
  }

  Parameter parameter;
  parameter.word = {start, end - start};
  parameter.quote_is_open = in_quote;
  const bool closing = end > begin && line[end - 1] == '"';
  if (equals == begin) {
    parameter.name = line.substr(begin, end - begin - (quoted && closing ? 1 : 0));
    return parameter;
  }
  parameter.name = line.substr(begin, equals - begin);
  const bool value_quoted = equals + 1 < line.size() && line[equals + 1] == '"';
  const std::size_t value_begin = equals + (value_quoted ? 2 : 1);
  const std::size_t value_end = (quoted || value_quoted) && closing ? end - 1 : end;
  parameter.value = line.substr(value_begin, std::max(value_begin, value_end) - value_begin);
  return parameter;
}

}  // namespace

bool same_parameter_name(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](char a, char b) {
    return byte_of_parameter_name(a) == byte_of_parameter_name(b);
  });
}

std::vector<Parameter> split_into_parameters(std::string_view line) {
  line = line.substr(0, line.find('\0'));
  std::vector<Parameter> parameters;
  std::size_t at = 0;
  while (true) {
    while (at < line.size() && is_blank(line[at])) ++at;
    if (at == line.size()) return parameters;
    Parameter parameter = next_parameter(line, at);
    if (!parameter.value && parameter.name == "--") return parameters;
    at += parameter.word.length;
    parameters.push_back(parameter);
  }
}

}  // namespace driver_override
