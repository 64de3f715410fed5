// SPDX-License-Identifier: LGPL-2.1-or-later
// Edits of the drop-in that `save` and `forget` keep: what is not asked for stays byte for byte.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "parser/rule_parser.hpp"
#include "tool/commands/saved_conf.hpp"

namespace driver_override {
namespace {

Rule rule(const std::string& text) {
  return parse_rules(text, 0).rules.at(0);
}

std::string saved(const std::string& text, const std::string& added) {
  return add_rule_to_saved_conf(text, rule(added)).text;
}

Unwanted device(const std::string& text) {
  return [text](const Rule&, const DevicePattern& one) { return one.text == text; };
}

TEST(SavedFile, ARuleIsTheLastLine) {
  EXPECT_EQ(saved("# mine\n", "pci,00:01.0=x"), "# mine\npci,00:01.0=x\n");
  EXPECT_EQ(saved("", "platform,a%2cb=none,sticky"), "platform,a%2cb=none,sticky\n");
}

TEST(SavedFile, TheSameDeviceIsNamedOnce) {
  EXPECT_EQ(saved("pci,00:01.0,00:02.0=x # two\npci,00:03.0=y\n", "pci,00:01.0=z"),
            "pci,00:02.0=x # two\npci,00:03.0=y\npci,00:01.0=z\n");
}

TEST(SavedFile, APatternStaysBeforeItsExceptions) {
  EXPECT_EQ(saved("pci,00:*.*=x # all\npci,00:12.1=\n", "pci,00:*.*=y,sticky"),
            "pci,00:*.*=y,sticky # all\npci,00:12.1=\n");
  EXPECT_EQ(saved("spi,a=b;platform,*,c=x;platform,d=\n", "platform,*,c=y"),
            "spi,a=b;platform,*,c=y;platform,d=\n");
  EXPECT_EQ(saved("pci,00:*.*=x\npci,00:12.1=\npci,00:*.*=z\n", "pci,00:*.*=y"),
            "pci,00:12.1=\npci,00:*.*=y\n");
  EXPECT_EQ(saved("pci,00:12.1=x\npci,00:*.*=z\n", "pci,00:12.1=y"),
            "pci,00:*.*=z\npci,00:12.1=y\n");
  EXPECT_EQ(saved("pci=driver[00:*.*]=x\npci,00:12.1=\n", "pci,00:*.*=y"),
            "pci,00:12.1=\npci,00:*.*=y\n");
}

TEST(SavedFile, AnotherBusKeepsItsDevice) {
  EXPECT_EQ(saved("spi,a=x\n", "platform,a=y"), "spi,a=x\nplatform,a=y\n");
}

TEST(SavedFile, WhatIsNotAskedForStays) {
  const std::string text =
      "# a comment\n\n  pci,00:01.0=x   # "
      "why\npci,00:0z.0=bad\n;;\ndriver_override=pci,00:02.0=y\n";
  EXPECT_EQ(remove_saved_devices(text, device("00:09.0")).text, text);
}

TEST(SavedFile, ARuleLeavesItsLineAndTheLineGoesWithTheLastOne) {
  const Edited edited = remove_saved_devices(
      "pci,00:01.0=x;pci,00:02.0=y # both\npci,00:02.0=z # gone\n", device("00:02.0"));
  EXPECT_EQ(edited.text, "pci,00:01.0=x # both\n");
  EXPECT_EQ(edited.removed, (std::vector<std::string>{"pci,00:02.0=y", "pci,00:02.0=z"}));
}

TEST(SavedFile, ABadRuleIsNeverTaken) {
  const Edited edited = remove_saved_devices("pci,00:02.0==x;pci,00:02.0=y\n", device("00:02.0"));
  EXPECT_EQ(edited.text, "pci,00:02.0==x\n");
}

TEST(SavedFile, ALastLineWithoutNewlineGetsOne) {
  EXPECT_EQ(saved("pci,00:01.0=x", "pci,00:02.0=y"), "pci,00:01.0=x\npci,00:02.0=y\n");
}

TEST(SavedFile, AParameterKeepsItsOtherRules) {
  const auto forget = [](const std::string& text) {
    return remove_saved_devices(text, device("02:00.0")).text;
  };
  EXPECT_EQ(forget("pci=driver[02:00.0]=foo,driver[03:00.0]=bar\n"), "pci=driver[03:00.0]=bar\n");
  EXPECT_EQ(forget("pci=driver[03:00.0]=bar,driver[02:00.0]=foo # both\n"),
            "pci=driver[03:00.0]=bar # both\n");
  EXPECT_EQ(forget("pci=noaer,driver[03:00.0,02:00.0,04:00.0]=bar,nomsi\n"),
            "pci=noaer,driver[03:00.0,04:00.0]=bar,nomsi\n");
  EXPECT_EQ(forget("pci=noaer,driver[02:00.0]=foo\n"), "");
  EXPECT_EQ(forget("driver_override=pci,02:00.0=x; pci,03:00.0=y\n"),
            "driver_override= pci,03:00.0=y\n");
  EXPECT_EQ(forget("rd.driver_override=pci,03:00.0=y;pci,02:00.0,02:00.1=x;pci,04:00.0=z\n"),
            "rd.driver_override=pci,03:00.0=y;pci,02:00.1=x;pci,04:00.0=z\n");
}

TEST(SavedFile, NoRuleBecomesACommentOrAParameter) {
  const auto forget = [](const std::string& text) {
    return remove_saved_devices(text, device("02:00.0")).text;
  };
  EXPECT_EQ(forget("driver_override=# x;pci,02:00.0=y\n"), "driver_override=# x\n");
  EXPECT_EQ(forget("pci,02:00.0=y;#x\n"), ";#x\n");
  EXPECT_EQ(forget("pci,02:00.0=y;pci=driver[03:00.0]=x\n"), ";pci=driver[03:00.0]=x\n");
  EXPECT_EQ(forget("pci,03:00.0=z; pci,02:00.0=y;#x\n"), "pci,03:00.0=z;#x\n");
  EXPECT_EQ(forget("pci,02:00.0=y ;pci,02:00.0=z;pci,03:00.0=z #x\n"), "pci,03:00.0=z #x\n");
}

TEST(SavedFile, WhatIsLeftOfALineIsAsItWasWritten) {
  EXPECT_EQ(
      remove_saved_devices("  pci,0000:00:01.0 , 00:02.0=x\t# why\r\n", device("00:01.0")).text,
      "  pci,0000:00:01.0 , 00:02.0=x\t# why\r\n");
  EXPECT_EQ(
      remove_saved_devices("  pci,00:01.0,00:02.0=x,class=0200\t# why\r\n", device("00:01.0")).text,
      "  pci,00:02.0=x,class=0200\t# why\r\n");
}

TEST(SavedFile, ALineHoldsWhatWouldEndItAsPercent) {
  EXPECT_EQ(saved("", "platform,foo #bar=x"), "platform,foo%20%23bar=x\n");
  EXPECT_EQ(saved("", "platform,foo\t#bar,a#b,a b=x"), "platform,foo%09%23bar,a#b,a b=x\n");
  EXPECT_EQ(saved("", "platform,a\nplatform,b=x"), "platform,a%0aplatform,b=x\n");
  EXPECT_EQ(saved("", "platform,voil\xC3\xA0#b*=x"), "platform,voil\xC3%a0%23b*=x\n");
  EXPECT_EQ(saved("", "platform,[ #]x=a%20%23b"), "platform,[%20%23]x=a%20%23b\n");
}

TEST(SavedFile, ADeviceIsFoundAgainAsItsLineSpellsIt) {
  const std::string once = saved("", "platform,foo\n1=x");
  EXPECT_EQ(once, "platform,foo%0a1=x\n");
  EXPECT_EQ(saved(once, "platform,foo\n1=y"), "platform,foo%0a1=y\n");
  EXPECT_EQ(saved(once, "platform,foo%0a1=y"), "platform,foo%0a1=y\n");
}

TEST(SavedFile, AnotherGuardOrClassIsAnotherRule) {
  EXPECT_EQ(saved("pci,02:00=vfio-pci,class=03\n", "pci,02:00=pci-stub,class=04"),
            "pci,02:00=vfio-pci,class=03\npci,02:00=pci-stub,class=04\n");
  EXPECT_EQ(saved("pci,02:00=vfio-pci,id=10de:2204\n", "pci,02:00=pci-stub"),
            "pci,02:00=vfio-pci,id=10de:2204\npci,02:00=pci-stub\n");
  EXPECT_EQ(saved("pci,02:00=vfio-pci,id=10DE:2204,class=03,sticky\n",
                  "pci,02:00=pci-stub,class=03,id=10de:2204"),
            "pci,02:00=pci-stub,id=10de:2204,class=03\n");
}

/// A text of the pieces that lines are made of, in any order.
std::string random_text(std::mt19937& random) {
  constexpr std::array<std::string_view, 24> pieces = {"pci,00:01.0=y",
                                                       "pci,00:01.0,00:02.0=y",
                                                       "platform,a,b=x",
                                                       "platform,c #d=x",
                                                       "driver[00:01.0]=y",
                                                       "driver[00:01.0,00:02.0]=y",
                                                       "driver_override=",
                                                       "pci=",
                                                       "pci,00:02.0",
                                                       ",b",
                                                       "=z",
                                                       "=",
                                                       ";",
                                                       ";",
                                                       "; ",
                                                       ",",
                                                       " ",
                                                       "#",
                                                       "\t#",
                                                       "\xA0#",
                                                       "noaer",
                                                       "]",
                                                       "\r",
                                                       "\n"};
  std::string text;
  for (auto count = 2 + random() % 8; count > 0; --count)
    text += pieces.at(random() % pieces.size());
  return text;
}

TEST(SavedFile, AnyTextReadsBackAsTold) {
  const Unwanted some = [](const Rule&, const DevicePattern& one) {
    return one.text.find_first_of("1b") != std::string::npos;
  };
  std::mt19937 random(1);
  std::size_t changed = 0;
  for (int round = 0; round < 10000; ++round) {
    const std::string text = random_text(random);
    const Edited edited = remove_saved_devices(text, some);
    ASSERT_EQ(rules_in_saved_conf(edited.text), edited.rules) << text;
    ASSERT_TRUE(remove_saved_devices(edited.text, some).removed.empty()) << text;
    ASSERT_EQ(rules_in_saved_conf(text) == edited.rules, edited.removed.empty()) << text;
    changed += edited.removed.empty() ? 0U : 1U;
    for (const Rule& added : parse_rules(text, 0).rules) {
      if (added.bad) continue;
      const Edited more = add_rule_to_saved_conf(edited.text, added);
      ASSERT_EQ(rules_in_saved_conf(more.text), more.rules) << text;
      ASSERT_EQ(std::count(more.rules.begin(), more.rules.end(), saved_line(added)), 1) << text;
    }
  }
  EXPECT_GT(changed, 900U);
}

}  // namespace
}  // namespace driver_override
