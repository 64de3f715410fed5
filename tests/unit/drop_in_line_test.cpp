// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/drop_in_line.hpp"

#include <gtest/gtest.h>

namespace driver_override {
namespace {

TEST(DropInLine, ADropInLineOfPciNeedsARule) {
  const ParsedRules parsed = parse_drop_in_line("pci=00:12.0=", 2);
  ASSERT_EQ(parsed.messages.size(), 1U);
  EXPECT_EQ(parsed.messages[0].text, "expected \"driver[\" before \"00:12.0\"");
  EXPECT_TRUE(parsed.rules.at(0).lost);
  EXPECT_TRUE(parse_drop_in_line("driver_override=off", 0).rules.at(0).lost);
}

TEST(DropInLine, AKillSwitchHasNoPlaceInAFile) {
  const std::string text = parse_drop_in_line("driver_override=off", 0).messages.at(0).text;
  for (const char* line : {"off", "0", "no", "false"}) {
    const ParsedRules parsed = parse_drop_in_line(line, 0);
    ASSERT_EQ(parsed.messages.size(), 1U) << line;
    EXPECT_EQ(parsed.messages[0].text, text);
    EXPECT_TRUE(parsed.rules.at(0).lost) << line;
  }
}

TEST(DropInLine, InAFileNoByteOfALetterIsABlank) {
  const std::string name = "platform,voil\xC3\xA0";
  EXPECT_EQ(strip_comment(name), name);
  EXPECT_EQ(strip_comment(name + "#x=y \t# z"), name + "#x=y");
  EXPECT_EQ(parse_rules(name + "=x", 0).rules.at(0).devices.at(0).text, "voil\xC3\xA0");
  EXPECT_EQ(parse_rules("platform,x=voil\xC3\xA0", 0).rules.at(0).driver, "voil\xC3\xA0");
}

TEST(DropInLine, ACommentBeginsALineOrStandsBehindABlank) {
  EXPECT_EQ(strip_comment("# x"), "");
  EXPECT_EQ(strip_comment("#"), "");
  EXPECT_EQ(strip_comment("  # x"), "");
  EXPECT_EQ(strip_comment("a=x # y # z"), "a=x");
  EXPECT_EQ(strip_comment("a=x\t#"), "a=x");
  EXPECT_EQ(strip_comment("a=x# y"), "a=x# y");
  EXPECT_EQ(strip_comment(" \t a=x \r"), "a=x");
  EXPECT_EQ(strip_comment(""), "");
}

TEST(DropInLine, ArgumentsAreRulesOrParameters) {
  EXPECT_EQ(parse_argument("a,b=c;d,e=f").rules.size(), 2U);
  EXPECT_EQ(parse_argument("rd.driver_override=a,b=c").rules.size(), 1U);
  EXPECT_EQ(parse_argument("pci=driver[00:11.0]=c,noaer").rules.size(), 1U);
  for (const char* kill : {"driver_override=off", "rd.driver-override=0"}) {
    const ParsedRules parsed = parse_argument(kill);
    EXPECT_TRUE(parsed.rules.empty() && parsed.messages.empty()) << kill;
  }
}

}  // namespace
}  // namespace driver_override
