// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/glob.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "parser/message.hpp"
#include "parser/name.hpp"

namespace driver_override {
namespace {

unsigned index_in_glob_set(char byte) {
  return static_cast<unsigned char>(byte);
}

/// A class such as "alpha", by the C locale's table (the program never calls setlocale).
struct CharacterClass {
  std::string_view name;
  int (*holds)(int);
};

constexpr std::array<CharacterClass, 12> classes = {{{"alnum", std::isalnum},
                                                     {"alpha", std::isalpha},
                                                     {"blank", std::isblank},
                                                     {"cntrl", std::iscntrl},
                                                     {"digit", std::isdigit},
                                                     {"graph", std::isgraph},
                                                     {"lower", std::islower},
                                                     {"print", std::isprint},
                                                     {"punct", std::ispunct},
                                                     {"space", std::isspace},
                                                     {"upper", std::isupper},
                                                     {"xdigit", std::isxdigit}}};

/// Adds the bytes of the class whose `[:` is at `raw[at]`; moves `at` behind its `:]`.
/// False if there is no such class there.
bool add_set_to_glob(std::string_view raw, std::size_t& at, std::bitset<256>& set) {
  if (raw.substr(at, 2) != "[:") return false;
  const std::size_t end = raw.find(":]", at + 2);
  if (end == std::string_view::npos) return false;
  const std::string_view name = raw.substr(at + 2, end - at - 2);
  for (const CharacterClass& candidate : classes) {
    if (candidate.name != name) continue;
    for (unsigned byte = 0; byte < 256; ++byte)
      if (candidate.holds(static_cast<int>(byte)) != 0) set.set(byte);
    at = end + 2;
    return true;
  }
  return false;
}

/// The byte at `raw[at]`, decoded, and `at` behind it. The byte has been checked.
char take_glob_byte(std::string_view raw, std::size_t& at) {
  const bool escape = raw[at] == '%';
  const char byte = escape ? *decode_byte_of_name(raw.substr(at)) : raw[at];
  at += escape ? 3 : 1;
  return byte;
}

}  // namespace

bool Glob::has_wildcard(std::string_view raw) {
  return raw.find_first_of("*?[") != std::string_view::npos;
}

Parsed<Glob::Set> Glob::compile_set(std::string_view raw, std::size_t offset, std::size_t& at) {
  const Span opening{offset + at, 1};
  ++at;
  const bool negated = at < raw.size() && (raw[at] == '!' || raw[at] == '^');
  if (negated) ++at;
  Set set;
  for (bool first = true; at < raw.size(); first = false) {
    if (raw[at] == ']' && !first) {
      ++at;
      return negated ? ~set : set;
    }
    if (add_set_to_glob(raw, at, set)) continue;
    if (auto fault = check_name_byte(raw, at, offset, "device")) return *fault;
    const unsigned low = index_in_glob_set(take_glob_byte(raw, at));
    unsigned high = low;
    if (at + 1 < raw.size() && raw[at] == '-' && raw[at + 1] != ']') {
      ++at;
      if (auto fault = check_name_byte(raw, at, offset, "device")) return *fault;
      high = index_in_glob_set(take_glob_byte(raw, at));
    }
    for (unsigned byte = low; byte <= high; ++byte) set.set(byte);
  }
  return error_at(
      opening, "expected \"]\" to close the set that \"[\" opens",
      "\",\", \";\" and \"=\" end a name also inside a set; a plain \"[\" is written %5b");
}

Parsed<Glob> Glob::compile(std::string_view raw, std::size_t offset) {
  Glob glob;
  for (std::size_t at = 0; at < raw.size();) {
    if (raw[at] == '*') {
      glob.tokens_.emplace_back(Star{});
      ++at;
    } else if (raw[at] == '?') {
      glob.tokens_.emplace_back(~Set{});
      ++at;
    } else if (raw[at] == '[') {
      Parsed<Set> set = compile_set(raw, offset, at);
      if (auto* fault = std::get_if<Message>(&set)) return *fault;
      glob.tokens_.emplace_back(std::get<Set>(set));
    } else {
      if (auto fault = check_name_byte(raw, at, offset, "device")) return *fault;
      glob.tokens_.emplace_back(take_glob_byte(raw, at));
    }
  }
  if (glob.least_length() > name_limit)
    return error_at({offset, raw.size()}, "the pattern needs a name of " +
                                              std::to_string(glob.least_length()) +
                                              " bytes; at most 255 are possible");
  return glob;
}

std::size_t Glob::least_length() const {
  return static_cast<std::size_t>(
      std::count_if(tokens_.begin(), tokens_.end(),
                    [](const Token& token) { return !std::holds_alternative<Star>(token); }));
}

bool Glob::fits_length(std::size_t least, std::size_t most) const {
  const bool stretches = least_length() < tokens_.size();
  return least_length() <= most && (stretches || least_length() >= least);
}

std::string Glob::outline(bool (*is_plain)(char)) const {
  std::string text;
  for (const Token& token : tokens_) {
    const char* byte = std::get_if<char>(&token);
    if (std::holds_alternative<Star>(token))
      text += '*';
    else
      text += byte != nullptr && is_plain(*byte) ? *byte : '?';
  }
  return text;
}

bool Glob::matches(std::string_view name) const {
  // On a mismatch only the last star can take one byte more: earlier stars are settled.
  std::size_t token = 0;
  std::size_t at = 0;
  std::optional<std::size_t> star;
  std::size_t star_at = 0;
  const auto takes = [&](std::size_t index) {
    const Token& candidate = tokens_[index];
    if (const char* byte = std::get_if<char>(&candidate)) return *byte == name[at];
    const Set* set = std::get_if<Set>(&candidate);
    return set != nullptr && set->test(index_in_glob_set(name[at]));
  };
  while (at < name.size()) {
    if (token < tokens_.size() && std::holds_alternative<Star>(tokens_[token])) {
      star = token++;
      star_at = at;
    } else if (token < tokens_.size() && takes(token)) {
      ++token;
      ++at;
    } else if (star) {
      token = *star + 1;
      at = ++star_at;
    } else {
      return false;
    }
  }
  while (token < tokens_.size() && std::holds_alternative<Star>(tokens_[token])) ++token;
  return token == tokens_.size();
}

}  // namespace driver_override
