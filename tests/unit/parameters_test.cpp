// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/parameters.hpp"

#include <gtest/gtest.h>

#include <random>

namespace driver_override {
namespace {

/// The rules of a line as "bus device…=driver", bad ones with a "!" in front.
std::vector<std::string> rules_of(std::string_view line) {
  std::vector<std::string> texts;
  for (const Rule& rule : parse_command_line(line).rules) {
    std::string text = (rule.bad ? "!" : "") + rule.bus;
    for (const DevicePattern& device : rule.devices) text += " " + device.text;
    texts.push_back(text + "=" + rule.driver);
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST(Parameters, BothNamesInTheirOrderAndEitherDash) {
  EXPECT_EQ(rules_of("driver_override=a,b=c rd.driver_override=d,e=f driver-override=g,h=i"),
            (Texts{"a b=c", "d e=f", "g h=i"}));
}

TEST(Parameters, NothingBehindABareDoubleDash) {
  EXPECT_EQ(rules_of("driver_override=a,b=c -- driver_override=d,e=f"), (Texts{"a b=c"}));
}

TEST(Parameters, PciRulesBesideTheKernelsOwnOptions) {
  EXPECT_EQ(rules_of("pci=noaer,driver[0000:02:00.0]=foo,resource_alignment=20@02:00.0,"
                     "driver[1:0.0,2:0.0]=bar,hpbussize=4"),
            (Texts{"pci 0000:02:00.0=foo", "pci 1:0.0 2:0.0=bar"}));
}

TEST(Parameters, AnUnclosedBracketCostsItsOwnRule) {
  EXPECT_EQ(rules_of("pci=driver[00:11.0=x,driver[00:12.0]=y"),
            (Texts{"!pci 00:11.0=", "pci 00:12.0=y"}));
  EXPECT_EQ(rules_of("pci=driver[00:11.0,driver[00:12.0]=y"),
            (Texts{"!pci 00:11.0=", "pci 00:12.0=y"}));
  EXPECT_EQ(rules_of("pci=driver[00:11.0"), (Texts{"!pci 00:11.0="}));
}

TEST(Parameters, AnOpenQuoteMakesTheLastRuleBad) {
  EXPECT_EQ(rules_of("driver_override=\"a,b=c;d,e=f quiet"), (Texts{"a b=c", "!d e=f quiet"}));
}

TEST(Parameters, AnOpenQuoteBeforeOursIsReported) {
  const ParsedRules parsed = parse_command_line("x=\"y driver_override=a,b=c");
  EXPECT_TRUE(parsed.rules.empty());
  ASSERT_EQ(parsed.diagnostics.size(), 1U);
  EXPECT_EQ(parsed.diagnostics[0].severity, Severity::warning);
}

TEST(KillSwitch, InAnyPlaceAndSpelling) {
  for (const char* line :
       {"driver_override=off", "a rd.driver_override=OFF b", "driver-override=0",
        "driver_override=no", "a driver_override=False", "x=\"y driver_override=off z\"",
        "-- driver_override=off", "\"driver_override=off\"", "driver_override=\"off\"",
        "a\xA0"
        "driver_override=off",
        "x=\"y driver_override=off"})
    EXPECT_TRUE(has_kill_switch(line)) << line;
}

TEST(KillSwitch, NotInOtherWords) {
  for (const char* line : {"driver_override=offset,a=b", "xdriver_override=off",
                           "driver_override=", "driver_override", "driver_override=on", "off", ""})
    EXPECT_FALSE(has_kill_switch(line)) << line;
}

TEST(Parameters, ArgumentsAreRulesOrParameters) {
  EXPECT_EQ(parse_argument("a,b=c;d,e=f").rules.size(), 2U);
  EXPECT_EQ(parse_argument("rd.driver_override=a,b=c").rules.size(), 1U);
  EXPECT_EQ(parse_argument("pci=driver[00:11.0]=c,noaer").rules.size(), 1U);
}

TEST(Parameters, SpansLieInsideTheLineForAnyBytes) {
  std::mt19937 random(4);
  const std::string_view pieces[] = {"driver_override=",
                                     "pci=",
                                     "driver[",
                                     "pci,",
                                     "00:1",
                                     ".0",
                                     ";",
                                     ",",
                                     "=",
                                     "]",
                                     "[",
                                     "\"",
                                     " ",
                                     "*",
                                     "?",
                                     "%2c",
                                     "%",
                                     "x",
                                     "/",
                                     "..",
                                     "\xFF",
                                     "\xA0",
                                     "\n",
                                     "-",
                                     std::string_view("\0", 1)};
  for (int round = 0; round < 100000; ++round) {
    std::string line = random() % 2 == 0 ? "driver_override=" : "pci=";
    for (std::size_t i = random() % 12; i > 0; --i) line += pieces[random() % std::size(pieces)];
    const ParsedRules parsed = parse_command_line(line);
    const auto inside = [&](const Span& span) { return span.offset + span.length <= line.size(); };
    std::size_t bad = 0;
    for (const Rule& rule : parsed.rules) {
      ASSERT_TRUE(inside(rule.span)) << line;
      ASSERT_EQ(rule.text, line.substr(rule.span.offset, rule.span.length));
      for (const DevicePattern& device : rule.devices)
        ASSERT_EQ(device.text, line.substr(device.span.offset, device.span.length));
      bad += rule.bad ? 1 : 0;
      ASSERT_TRUE(rule.bad || (!rule.bus.empty() && !rule.devices.empty())) << line;
    }
    std::size_t errors = 0;
    for (const Diagnostic& diagnostic : parsed.diagnostics) {
      ASSERT_TRUE(inside(diagnostic.span) && inside(diagnostic.context)) << line;
      ASSERT_GE(diagnostic.span.offset, diagnostic.context.offset) << line;
      ASSERT_FALSE(render(diagnostic, line, "command line").empty());
      ASSERT_EQ(diagnostic.message.find("boost"), std::string::npos) << diagnostic.message;
      errors += diagnostic.severity == Severity::error ? 1 : 0;
    }
    ASSERT_GE(errors, bad) << line;
  }
}

TEST(Parameters, AHugeLineIsReadInLinearTime) {
  for (const char* piece :
       {";", "[", "\"", "pci,0:0.0=x;", "driver[", "=", ",", "%", "pci,*:*.*,"}) {
    std::string line = "pci=noaer driver_override=";
    while (line.size() < 64U * 1024U) line += piece;
    (void)parse_command_line(line);
    (void)parse_command_line("pci=" + line.substr(26));
    EXPECT_FALSE(has_kill_switch(line));
  }
}

}  // namespace
}  // namespace driver_override
