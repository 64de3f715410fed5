// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/near_miss.hpp"

#include <algorithm>

#include "parser/look_alike.hpp"
#include "parser/message.hpp"
#include "parser/name.hpp"
#include "parser/printable.hpp"
#include "parser/spelling.hpp"

namespace driver_override {
namespace {

constexpr std::string_view main_name = "driver_override";
constexpr std::string_view alias_name = "rd.driver_override";
constexpr std::string_view bracket_form = "driver[";

bool is_name_byte(char byte) {
  return is_letter_or_digit(byte) || byte == '_' || byte == '-' || byte == '.';
}

/// The start of a word that can be a parameter's name.
std::string_view near_miss_name(std::string_view word) {
  const auto* const end = std::find_if_not(word.begin(), word.end(), is_name_byte);
  return word.substr(0, static_cast<std::size_t>(end - word.begin()));
}

std::string near_miss_with_underscores(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '-', '_');
  return plain;
}

/// The name with each look-alike as the letter that is meant, and "_" for each other character that
/// names have not: another keyboard puts one there.
std::string near_miss_in_letters(std::string_view name) {
  std::string letters;
  for (const char byte : without_look_alikes(name))
    if (is_name_byte(byte))
      letters += byte == '-' ? '_' : byte;
    else if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80)  // none within a character
      letters += '_';
  return letters;
}

/// Our name that is meant; empty if none is near.
std::string_view nearest_name(std::string_view name) {
  return nearest_word(near_miss_in_letters(name), {main_name, alias_name});
}

std::string near_miss_hint(std::string_view name) {
  return "did you mean \"" + std::string(name) + "=\"?";
}

Span near_miss_span(std::string_view line, std::string_view part) {
  return {static_cast<std::size_t>(part.data() - line.data()), part.size()};
}

/// The place of one of our names, with `end` behind it, in a word.
std::optional<std::size_t> find_near_miss(std::string_view word, std::string_view end) {
  const std::string plain = near_miss_with_underscores(word);
  const std::size_t alias = plain.find(std::string(alias_name).append(end));
  if (alias != std::string::npos) return alias;
  const std::size_t at = plain.find(std::string(main_name).append(end));
  return at == std::string::npos ? std::nullopt : std::optional(at);
}

/// True if our name at `at` in that of a parameter may be what a module calls one of its own, as in
/// "vfio.driver_override=x". With what looks like a rule, the dot stands in place of a blank.
bool may_be_name_in_module(const Parameter& parameter, std::size_t at) {
  const bool looks_like_rule = parameter.value && parameter.value->find(',') != std::string::npos;
  return at > 0 && parameter.name[at - 1] == '.' && !looks_like_rule;
}

bool is_quoted_near_miss(const Parameter& parameter, std::string_view line) {
  return line[parameter.word.offset] == '"' ||
         line[near_miss_span(line, *parameter.value).offset - 1] == '"';
}

bool near_miss_holds_rules(const Parameter& parameter) {
  return is_our_parameter(parameter.name) || parameter.name == "pci";
}

}  // namespace

bool is_our_parameter(std::string_view name) {
  return same_parameter_name(name, main_name) || same_parameter_name(name, alias_name);
}

bool is_misspelt_parameter(std::string_view name) {
  return !is_our_parameter(name) && !nearest_name(name).empty();
}

bool ends_in_our_parameter(std::string_view text) {
  // The alias ends in the name.
  return text.size() >= main_name.size() &&
         same_parameter_name(text.substr(text.size() - main_name.size()), main_name);
}

std::optional<Message> near_miss(const Parameter& parameter, std::string_view line) {
  const std::string_view start = near_miss_name(parameter.name);
  if (is_our_parameter(start))
    return error_at(near_miss_span(line, parameter.name.substr(start.size(), 1)),
                    "expected \"=\" after " + in_quotes(start) + ", found " +
                        in_quotes(parameter.name.substr(start.size(), 1)),
                    near_miss_hint(nearest_name(start)));
  for (const std::string_view name : {start, parameter.name})
    if (const std::string_view nearest = nearest_name(name); !nearest.empty())
      return error_at(near_miss_span(line, name), "unknown parameter " + in_quotes(name),
                      near_miss_hint(nearest));
  // Whatever stands before it: letters, or a comma or a dot in place of a blank.
  const auto inside = find_near_miss(parameter.name, "");
  if (inside && !may_be_name_in_module(parameter, *inside))
    return error_at(near_miss_span(line, parameter.name),
                    "unknown parameter " + in_quotes(parameter.name),
                    *inside == 0 ? near_miss_hint(main_name)
                                 : "a blank may be missing before " +
                                       in_quotes(near_miss_name(parameter.name.substr(*inside))));
  const std::string_view word = line.substr(parameter.word.offset, parameter.word.length);
  const std::size_t bracket = word.find(bracket_form);
  const bool opens_value = parameter.value && parameter.value->starts_with(bracket_form);
  if (bracket == std::string_view::npos ||
      (word.find('"') != std::string_view::npos && !opens_value))
    return std::nullopt;
  return error_at({parameter.word.offset + bracket, bracket_form.size()},
                  "\"driver[\" is outside the parameter \"pci=\"",
                  "the form is pci=driver[DEVICE,DEVICE]=DRIVER");
}

std::optional<Message> missing_blank(const Parameter& parameter, std::string_view line) {
  if (!parameter.value ||
      (is_quoted_near_miss(parameter, line) && !near_miss_holds_rules(parameter)))
    return std::nullopt;
  const auto inside = find_near_miss(*parameter.value, "=");
  if (!inside) return std::nullopt;
  return error_at(
      {near_miss_span(line, *parameter.value).offset + *inside, main_name.size()},
      "a parameter begins in the middle of a word",
      "put a blank before " + in_quotes(near_miss_name(parameter.value->substr(*inside))));
}

}  // namespace driver_override
