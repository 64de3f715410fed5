// SPDX-License-Identifier: LGPL-2.1-or-later
// What holds for any rule, pattern and address, on random ones. The seed is fixed: a failure
// repeats.
#include <fnmatch.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

#include "hook/match.hpp"
#include "parser/message.hpp"
#include "parser/rule_parser.hpp"
#include "tests/property/chance.hpp"

namespace driver_override {
namespace {

constexpr int rounds = 1000000;

std::string hex(unsigned value, const char* format) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

/// A field as a rule may write it: a number, a range, or a pattern.
std::string random_field(Chance& chance, unsigned limit) {
  const char* format = chance.one_in(2) ? "%x" : "%02X";
  if (chance.one_in(8)) return "*";
  if (chance.one_in(6)) {
    const unsigned low = chance.below(limit);
    return hex(low, format) + "-" + hex(low + chance.below(limit - low), format);
  }
  std::string digits = hex(chance.below(limit), format);
  if (chance.one_in(4)) digits[chance.below(static_cast<unsigned>(digits.size()))] = '?';
  return digits;
}

std::string random_pci_device(Chance& chance) {
  if (chance.one_in(6)) return "pci:10de:" + hex(chance.below(0x10000), "%04x");
  std::string text;
  if (chance.one_in(2)) text += random_field(chance, 0x10000) + ":";
  text += random_field(chance, 0x100) + ":" + random_field(chance, 0x20);
  if (!chance.one_in(4)) text += "." + random_field(chance, 8);
  while (chance.one_in(4)) text += "/" + random_field(chance, 0x20) + "." + random_field(chance, 8);
  return text;
}

/// A name of any bytes, as a rule writes it: but for its ends, which are no blanks or quotes.
std::string random_name(Chance& chance) {
  constexpr std::string_view plain = "ab.0-_@: \xC3\xFF'\\\"#";
  std::string name = chance.text(plain, 1, 8);
  if (chance.one_in(3)) name += "%2c%3b%3D%5b%2A%25";
  return "x" + name + "x";
}

std::string random_options(Chance& chance, bool pci) {
  std::string text;
  if (pci && chance.one_in(3)) text += ",id=10de:" + hex(chance.below(0x10000), "%x");
  if (pci && chance.one_in(3)) text += ",class=" + hex(chance.below(0x100), "%02X");
  if (chance.one_in(3)) text += ",module=" + random_name(chance);
  if (chance.one_in(3)) text += ",norebind";
  if (chance.one_in(3)) text += ",trial";
  if (chance.one_in(3)) text += ",sticky";
  return text;
}

std::string random_rule(Chance& chance) {
  const bool pci = chance.one_in(2);
  std::string text = pci ? "pci" : "platform";
  do {
    text += "," + (pci ? random_pci_device(chance)
                       : random_name(chance) + (chance.one_in(3) ? "[!a-c]*?" : ""));
  } while (chance.one_in(3));
  return text + "=" + (chance.one_in(5) ? "" : random_name(chance)) + random_options(chance, pci);
}

TEST(Property, ARuleIsPrintedSoThatItParsesBack) {
  Chance chance(1);
  for (int round = 0; round < rounds; ++round) {
    const std::string text = random_rule(chance);
    const ParsedRules first = parse_rules(text, 0);
    ASSERT_EQ(first.rules.size(), 1U) << text;
    // An exemption of nothing is an error.
    if (first.rules[0].driver.empty() && first.rules[0].bad) continue;
    ASSERT_FALSE(first.rules[0].bad) << text << ": " << first.messages[0].text;
    const std::string printed = to_text(first.rules[0]);
    const ParsedRules second = parse_rules(printed, 0);
    ASSERT_EQ(second.rules.size(), 1U) << text << " -> " << printed;
    const Rule& one = first.rules[0];
    const Rule& other = second.rules[0];
    ASSERT_FALSE(other.bad) << text << " -> " << printed;
    ASSERT_EQ(to_text(other), printed) << text;
    ASSERT_EQ(one.bus, other.bus) << text;
    ASSERT_EQ(one.driver, other.driver) << text;
    ASSERT_EQ(one.options.id, other.options.id) << text;
    ASSERT_EQ(one.options.module, other.options.module) << text;
    ASSERT_EQ(one.devices.size(), other.devices.size()) << text;
    for (std::size_t i = 0; i < one.devices.size(); ++i) {
      ASSERT_EQ(one.devices[i].text, other.devices[i].text) << text;
      ASSERT_EQ(exact_name_in_rule(one.devices[i]), exact_name_in_rule(other.devices[i])) << text;
    }
  }
}

TEST(Property, AGlobAgreesWithFnmatch) {
  Chance chance(2);
  int compared = 0;
  while (compared < rounds) {
    const std::string pattern = chance.text("aab-*?[]!^\\c\xC3", 1, 7);
    const std::string name = chance.text("abc-]^!\\\xC3", 1, 4);
    const Parsed<Glob> glob = Glob::compile(pattern, 0);
    if (!std::holds_alternative<Glob>(glob)) continue;  // a set that is not closed is an error here
    ++compared;
    ASSERT_EQ(std::get<Glob>(glob).matches(name),
              ::fnmatch(pattern.c_str(), name.c_str(), FNM_NOESCAPE) == 0)
        << pattern << ' ' << name;
  }
}

/// A field by brute force, by the words of the language.
bool stands_for(const std::string& field, unsigned value, const std::string& padded) {
  if (field == "*") return true;
  const std::size_t dash = field.find('-');
  if (dash != std::string::npos)
    return std::stoul(field.substr(0, dash), nullptr, 16) <= value &&
           value <= std::stoul(field.substr(dash + 1), nullptr, 16);
  if (field.find('?') == std::string::npos) return std::stoul(field, nullptr, 16) == value;
  if (field.size() != padded.size()) return false;
  for (std::size_t i = 0; i < field.size(); ++i)
    if (field[i] != '?' && std::tolower(field[i]) != padded[i]) return false;
  return true;
}

TEST(Property, AnAddressAgreesWithEnumeration) {
  Chance chance(3);
  for (int round = 0; round < rounds; ++round) {
    const std::array<std::string, 4> fields = {random_field(chance, 4), random_field(chance, 4),
                                               random_field(chance, 0x20), random_field(chance, 8)};
    const std::array<unsigned, 4> values = {chance.below(4), chance.below(4), chance.below(0x20),
                                            chance.below(8)};
    const std::array<std::string, 4> padded = {hex(values[0], "%04x"), hex(values[1], "%02x"),
                                               hex(values[2], "%02x"), hex(values[3], "%x")};
    bool expected = true;
    for (std::size_t i = 0; i < 4; ++i)
      expected = expected && stands_for(fields.at(i), values.at(i), padded.at(i));
    const std::string address = fields[0] + ":" + fields[1] + ":" + fields[2] + "." + fields[3];
    const std::string name = padded[0] + ":" + padded[1] + ":" + padded[2] + "." + padded[3];
    const ParsedRules parsed = parse_rules("pci," + address + "=x", 0);
    ASSERT_FALSE(parsed.rules.at(0).bad) << address;
    ASSERT_EQ(names(parsed.rules[0].devices.at(0), Device({"pci", name})), expected)
        << address << ' ' << name;
  }
}

}  // namespace
}  // namespace driver_override
