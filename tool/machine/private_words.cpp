// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/private_words.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "parser/blank.hpp"
#include "parser/kill_switch.hpp"
#include "parser/name.hpp"
#include "parser/near_miss.hpp"
#include "parser/parameter.hpp"
#include "parser/stray_rule.hpp"

namespace driver_override {
namespace {

constexpr const char* uuid_format = "00000000-0000-4000-8000-%012zx";
constexpr const char* mac_format = "02:00:00:00:00:%02zx";
constexpr const char* short_mac_format = "0200000000%02zx";
constexpr const char* number_format = "%016zx";
constexpr const char* host_format = "host%zu";

bool is_private_hex(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
         (byte >= 'A' && byte <= 'F');
}

/// How many bytes at the start of the text have the form of a mask, in which `h` is a hex digit.
std::size_t private_form_at(std::string_view text, std::string_view mask) {
  if (text.size() < mask.size()) return 0;
  for (std::size_t at = 0; at < mask.size(); ++at)
    if (mask[at] == 'h' ? !is_private_hex(text[at]) : text[at] != mask[at]) return 0;
  const bool goes_on = text.size() > mask.size() && is_letter_or_digit(text[mask.size()]);
  return goes_on ? 0 : mask.size();
}

/// The length of the word if the text begins with it, and it ends there; else 0.
std::size_t private_word_at(std::string_view text, std::string_view word) {
  if (text.substr(0, word.size()) != word) return 0;
  return text.size() > word.size() && is_letter_or_digit(text[word.size()]) ? 0 : word.size();
}

/// The length of a run of at least 16 hex digits; 0 if there is none.
std::size_t long_private_number_at(std::string_view text) {
  constexpr std::size_t shortest = 16;
  std::size_t length = 0;
  while (length < text.size() && is_private_hex(text[length])) ++length;
  const bool goes_on = length < text.size() && is_letter_or_digit(text[length]);
  return length < shortest || goes_on ? 0 : length;
}

/// Parameters that are read or help to understand an answer, and hold nothing private.
constexpr std::array<std::string_view, 16> plain_parameters = {
    "pci",         "vfio-pci.ids",        "pci-stub.ids",   "rd.qubes.hide_pci",
    "iommu",       "xen-pciback.hide",    "pciback.hide",   "initcall_blacklist",
    "intel_iommu", "module_blacklist",    "rd.driver.pre",  "modprobe.blacklist",
    "amd_iommu",   "rd.driver.blacklist", "rd.driver.post", "console"};

bool is_private_word_told(const Parameter& parameter, std::string_view line) {
  if (is_our_parameter(parameter.name) || near_miss(parameter, line) ||
      missing_blank(parameter, line) || stray_rule(parameter, line) ||
      has_kill_switch(line.substr(parameter.word.offset, parameter.word.length)))
    return true;
  // It may be the end of a kill switch that blanks part, and tells nothing of anybody.
  if (is_kill_value(*parameter.value)) return true;
  return std::any_of(plain_parameters.begin(), plain_parameters.end(), [&](std::string_view name) {
    return same_parameter_name(name, parameter.name);
  });
}

void mask_private_word(std::string& text, std::size_t begin, std::size_t end) {
  for (std::size_t at = begin; at < end; ++at)
    if (is_letter_or_digit(text[at]) || static_cast<unsigned char>(text[at]) > 0xA0) text[at] = 'x';
}

/// Masks each word from there on that cannot be the kill switch.
void mask_rest_of_private_word(std::string& text, std::size_t at) {
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && !is_blank(text[end])) ++end;
    if (std::string_view(text).substr(at, end - at).find("driver") == std::string_view::npos)
      mask_private_word(text, at, end);
    at = end + 1;
  }
}

}  // namespace

std::string PrivateWords::stand_in(std::string_view word, const char* format) {
  auto known = stand_ins_.find(word);
  if (known == stand_ins_.end()) {
    std::array<char, 64> text{};
    (void)std::snprintf(text.data(), text.size(), format, stand_ins_.size() + 1);
    known = stand_ins_.emplace(word, text.data()).first;
  }
  return known->second;
}

std::string PrivateWords::hidden(std::string_view text) {
  constexpr std::size_t shortest_host = 3;
  std::string result;
  bool is_inside = false;  // a word that has begun already
  while (!text.empty()) {
    std::size_t length = 0;
    const char* format = nullptr;
    const auto is_form = [&](std::size_t found, const char* its_format) {
      if (length == 0 && found != 0) {
        length = found;
        format = its_format;
      }
    };
    if (!is_inside) {
      is_form(private_form_at(text, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh"), uuid_format);
      is_form(private_form_at(text, "hh:hh:hh:hh:hh:hh"), mac_format);
      is_form(long_private_number_at(text), number_format);
      if (host_.size() >= shortest_host && host_ != "localhost")
        is_form(private_word_at(text, host_), host_format);
    }
    if (length == 0) {
      is_inside = is_letter_or_digit(text.front());
      result += text.front();
      text.remove_prefix(1);
      continue;
    }
    result += stand_in(text.substr(0, length), format);
    text.remove_prefix(length);
  }
  return result;
}

std::string PrivateWords::hidden_interfaces(std::string_view path) {
  constexpr std::size_t prefix = 3;
  std::string result;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    std::string_view part = path.substr(0, end);
    // "enx001122334455", and in links of a stack of interfaces "lower_enx001122334455".
    const std::size_t at = std::min(part.rfind('_') + 1, part.size());
    const std::string_view kind = part.substr(at, prefix);
    const bool has_address = (kind == "enx" || kind == "wlx" || kind == "wwx") &&
                             private_form_at(part.substr(at + prefix), "hhhhhhhhhhhh") == 12;
    result += has_address ? std::string(part.substr(0, at + prefix)) +
                                stand_in(part.substr(at + prefix), short_mac_format)
                          : std::string(part);
    if (end < path.size()) result += '/';
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return result;
}

std::string masked_command_line(std::string_view line) {
  std::string text(line);
  std::size_t end = 0;
  for (const Parameter& parameter : split_into_parameters(line)) {
    end = parameter.word.offset + parameter.word.length;
    if (!parameter.value || is_private_word_told(parameter, line)) continue;
    const auto begin = static_cast<std::size_t>(parameter.value->data() - line.data());
    mask_private_word(text, begin, begin + parameter.value->size());
  }
  mask_rest_of_private_word(text, end);
  return text;
}

}  // namespace driver_override
