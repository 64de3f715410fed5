// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/match.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <random>
#include <string>

#include "parser/rule_parser.hpp"

namespace driver_override {
namespace {

bool rule_names(const std::string& device, std::string_view name) {
  const ParsedRules parsed = parse_rules("pci," + device + "=x", 0);
  EXPECT_TRUE(parsed.diagnostics.empty() || parsed.diagnostics[0].severity == Severity::warning)
      << device << ": " << parsed.diagnostics[0].message;
  Device named;
  named.id = {"pci", std::string(name)};
  return names(parsed.rules.at(0).devices.at(0), named);
}

TEST(Match, ALeftOutDomainIsZero) {
  EXPECT_TRUE(rule_names("00:03.0", "0000:00:03.0"));
  EXPECT_FALSE(rule_names("00:03.0", "0001:00:03.0"));
}

TEST(Match, AnyDomainIsWrittenAsAStar) {
  EXPECT_TRUE(rule_names("*:00:03.0", "0000:00:03.0"));
  EXPECT_TRUE(rule_names("*:00:03.0", "10000:00:03.0"));
}

TEST(Match, NumbersNeedNoPaddingAndNoCase) {
  EXPECT_TRUE(rule_names("0:2:A.0", "0000:02:0a.0"));
  EXPECT_TRUE(rule_names("0000000000:0002:01f.00", "0000:02:1f.0"));
}

TEST(Match, DomainsMayBeWiderThanSixteenBits) {
  EXPECT_TRUE(rule_names("10000:e1:00.0", "10000:e1:00.0"));
  EXPECT_FALSE(rule_names("10000:e1:00.0", "0000:e1:00.0"));
}

TEST(Match, PatternsAreComparedWithThePaddedText) {
  EXPECT_TRUE(rule_names("00:1?.0", "0000:00:12.0"));
  EXPECT_FALSE(rule_names("00:1?.0", "0000:00:01.0"));
  EXPECT_TRUE(rule_names("0001:02:*.*", "0001:02:1f.7"));
  EXPECT_TRUE(rule_names("00:*F.0", "0000:00:1f.0"));
  EXPECT_FALSE(rule_names("00:?.0", "0000:00:01.0"));
}

TEST(Match, RangesHoldBothEnds) {
  EXPECT_TRUE(rule_names("00:10-13.0", "0000:00:10.0"));
  EXPECT_TRUE(rule_names("00:10-13.0", "0000:00:13.0"));
  EXPECT_FALSE(rule_names("00:10-13.0", "0000:00:14.0"));
}

TEST(Match, ALeftOutFunctionIsEveryFunction) {
  EXPECT_TRUE(rule_names("02:00", "0000:02:00.7"));
  EXPECT_FALSE(rule_names("02:00", "0000:02:01.0"));
}

TEST(Match, ANameThatIsNoAddressMatchesNothing) {
  for (const char* name : {"", "x", "0000:00:03", "0000:00:03.", "0000:00:03.0x", ":00:03.0",
                           "0000:00:03.0 ", "fffffffff:00:03.0"})
    EXPECT_FALSE(rule_names("*:*:*.*", name)) << name;
}

/// A field by brute force: every value that it stands for, by the words of the language.
bool stands_for(const std::string& field, unsigned value, int digits) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%0*x", digits, value);
  const std::string padded = text.data();
  if (field == "*") return true;
  if (field.find('?') != std::string::npos) {
    if (field.size() != padded.size()) return false;
    for (std::size_t i = 0; i < field.size(); ++i)
      if (field[i] != '?' && field[i] != padded[i]) return false;
    return true;
  }
  return std::stoul(field, nullptr, 16) == value;
}

TEST(Match, AgreesWithEnumerationOnRandomAddresses) {
  std::mt19937 random(3);
  const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  const auto field = [&](unsigned limit) -> std::string {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), below(2) == 0 ? "%x" : "%02x", below(limit));
    std::string digits = text.data();
    if (below(4) == 0) return "*";
    if (below(3) == 0) digits[random() % digits.size()] = '?';
    return digits;
  };
  for (int round = 0; round < 20000; ++round) {
    const std::string bus = field(3);
    const std::string device = field(0x20);
    const std::string function = field(8);
    const unsigned b = below(3);
    const unsigned d = below(0x20);
    const unsigned f = below(8);
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "0000:%02x:%02x.%x", b, d, f);
    const bool expected =
        stands_for(bus, b, 2) && stands_for(device, d, 2) && stands_for(function, f, 1);
    std::string address = bus;
    address.append(":").append(device).append(".").append(function);
    ASSERT_EQ(rule_names(address, name.data()), expected) << address << ' ' << name.data();
  }
}

}  // namespace
}  // namespace driver_override
