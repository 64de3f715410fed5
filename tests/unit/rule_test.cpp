// SPDX-License-Identifier: LGPL-2.1-or-later
// What a rule names: one device, one card, or a pattern; and how it is printed.
#include "parser/rule.hpp"

#include <gtest/gtest.h>

#include "parser/rule_parser.hpp"

namespace driver_override {
namespace {

/// The only rule, which is sound.
Rule rule(const std::string& text) {
  const ParsedRules parsed = parse_rules(text, 0);
  EXPECT_EQ(parsed.rules.size(), 1U) << text;
  EXPECT_FALSE(parsed.rules.at(0).bad) << text;
  return parsed.rules.at(0);
}

DevicePattern device(const std::string& text, const std::string& bus = "pci") {
  return rule(bus + "," + text + "=x").devices.at(0);
}

TEST(Rule, APatternIsWhatNamesMoreThanOneCard) {
  for (const char* text :
       {"00:1?.0", "00:*.0", "*:00:10.0", "*:10.0", "00-01:10.0", "00:10-11.0", "00:10.*",
        "00:10.0-1", "0-1:00:10.0", "pci:10de:2204", "pci:*:*", "00:01.0/00.*", "00:01.0/0?.0",
        "00:01.0/00-01.0", "00:01.*/00.0", "00:*/00", "00:01.0/*/00.0"})
    EXPECT_TRUE(is_rule_pattern(device(text))) << text;
  for (const char* text : {"00:10.0", "0000:00:10.0", "00:10", "00:01.0/00.0", "00:01.0/00",
                           "00:01/00", "00:10-10.0", "10000:00:01.0/02.0/00.1"})
    EXPECT_FALSE(is_rule_pattern(device(text))) << text;
  EXPECT_TRUE(is_rule_pattern(device("pc*", "platform")));
  EXPECT_TRUE(is_rule_pattern(device("pcspk[r]", "platform")));
  EXPECT_FALSE(is_rule_pattern(device("pcspkr", "platform")));
  EXPECT_FALSE(is_rule_pattern(device("a%2ab", "platform")));
}

TEST(Rule, AnExactNameIsTheKernels) {
  EXPECT_EQ(exact_name_in_rule(device("0:A.3")), "0000:00:0a.3");
  EXPECT_EQ(exact_name_in_rule(device("10000:e1:1f.7")), "10000:e1:1f.7");
  EXPECT_EQ(exact_name_in_rule(device("00:10-10.0")), "0000:00:10.0");
  EXPECT_EQ(exact_name_in_rule(device("a%2ab", "platform")), "a*b");
  for (const char* text : {"00:10", "00:01.0/00.0", "00:1?.0", "00:10-11.0", "00:10.0-1",
                           "00-01:10.0", "0-1:00:10.0", "*:00:10.0", "pci:10de:2204"})
    EXPECT_EQ(exact_name_in_rule(device(text)), std::nullopt) << text;
  EXPECT_EQ(exact_name_in_rule(device("a*", "platform")), std::nullopt);
}

TEST(Rule, IsPrintedWithTheOddBytesOfItsBusEscaped) {
  for (const char* text : {"el%24form,x=a", "a%25b+-.,x=%5bntel%20ips", "%2d%2d,x=%23"})
    EXPECT_EQ(to_text(rule(to_text(rule(text)))), to_text(rule(text))) << text;
  EXPECT_EQ(to_text(rule("el%24form,x=a")), "el%24form,x=a");
}

TEST(Rule, ASlotIsNamedWithoutAFunction) {
  for (const char* text : {"00:10", "00:01.0/00", "00:01.0/00.0/01", "00:1?"})
    EXPECT_TRUE(names_slot_in_rule(device(text))) << text;
  for (const char* text : {"00:10.0", "00:10.*", "00:01/00.0", "pci:10de:2204"})
    EXPECT_FALSE(names_slot_in_rule(device(text))) << text;
  EXPECT_FALSE(names_slot_in_rule(device("pcspkr", "platform")));
}

TEST(Rule, IsPrintedWithItsOptionsInOneOrder) {
  EXPECT_EQ(to_text(rule("pci,00:10.0,00:11.0=x,norebind,sticky,module=m,class=02,id=1:2")),
            "pci,00:10.0,00:11.0=x,id=1:2,class=02,module=m,sticky,norebind");
  EXPECT_EQ(to_text(rule("platform,a%20b=c%2cd")), "platform,a%20b=c%2cd");
  EXPECT_EQ(to_text(rule("pci,00:10.0=")), "pci,00:10.0=");
}

}  // namespace
}  // namespace driver_override
