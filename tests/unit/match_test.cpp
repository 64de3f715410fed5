// SPDX-License-Identifier: LGPL-2.1-or-later
// Chosen names; random ones are in tests/property.
#include "hook/match.hpp"

#include <gtest/gtest.h>

#include <string>

#include "parser/message.hpp"
#include "parser/rule_parser.hpp"

namespace driver_override {
namespace {

bool rule_names(const std::string& device, std::string_view name) {
  const ParsedRules parsed = parse_rules("pci," + device + "=x", 0);
  EXPECT_TRUE(parsed.messages.empty() || parsed.messages[0].severity == Severity::warning)
      << device << ": " << parsed.messages[0].text;
  return names(parsed.rules.at(0).devices.at(0), Device({"pci", std::string(name)}));
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

}  // namespace
}  // namespace driver_override
