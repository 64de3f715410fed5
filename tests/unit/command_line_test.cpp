// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/command_line.hpp"

#include <gtest/gtest.h>

#include <random>

#include "parser/drop_in_line.hpp"
#include "parser/kill_switch.hpp"
#include "parser/message.hpp"

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

TEST(CommandLine, ANulIsPointedAtAlone) {
  const ParsedRules parsed = parse_command_line(std::string_view("quiet\0more", 10));
  ASSERT_EQ(parsed.messages.size(), 1U);
  EXPECT_EQ(parsed.messages[0].place->span, (Span{5, 1}));
}

TEST(CommandLine, BothNamesInTheirOrderAndEitherDash) {
  EXPECT_EQ(rules_of("driver_override=a,b=c rd.driver_override=d,e=f driver-override=g,h=i"),
            (Texts{"a b=c", "d e=f", "g h=i"}));
}

TEST(CommandLine, NothingBehindABareDoubleDash) {
  EXPECT_EQ(rules_of("driver_override=a,b=c -- driver_override=d,e=f"), (Texts{"a b=c"}));
}

TEST(CommandLine, PciRulesBesideTheKernelsOwnOptions) {
  EXPECT_EQ(rules_of("pci=noaer,driver[0000:02:00.0]=foo,resource_alignment=20@02:00.0,"
                     "driver[1:0.0,2:0.0]=bar,hpbussize=4"),
            (Texts{"pci 0000:02:00.0=foo", "pci 1:0.0 2:0.0=bar"}));
}

TEST(CommandLine, AnUnclosedBracketCostsItsOwnRule) {
  EXPECT_EQ(rules_of("pci=driver[00:11.0=x,driver[00:12.0]=y"),
            (Texts{"!pci 00:11.0=", "pci 00:12.0=y"}));
  EXPECT_EQ(rules_of("pci=driver[00:11.0,driver[00:12.0]=y"),
            (Texts{"!pci 00:11.0=", "pci 00:12.0=y"}));
  EXPECT_EQ(rules_of("pci=driver[00:11.0"), (Texts{"!pci 00:11.0="}));
}

/// The line has one error, behind which a lost rule stands last.
void expect_lost(std::string_view line, const std::string& message) {
  const ParsedRules parsed = parse_command_line(line);
  ASSERT_FALSE(parsed.rules.empty()) << line;
  EXPECT_TRUE(parsed.rules.back().lost) << line;
  ASSERT_EQ(parsed.messages.size(), 1U) << line;
  EXPECT_EQ(parsed.messages[0].severity, Severity::error);
  EXPECT_EQ(parsed.messages[0].text, message) << line;
}

TEST(CommandLine, AnOpenQuoteMakesTheLastRuleBadAndLosesWhatFollows) {
  EXPECT_EQ(rules_of("driver_override=\"a,b=c;d,e=f quiet"),
            (Texts{"a b=c", "!d e=f quiet", "!="}));
}

TEST(CommandLine, AnOpenQuoteOfAnyParameterLosesRules) {
  for (const char* line : {"x=\"y driver_override=a,b=", "driver_override=a,b=c qu\"iet", "x=\"y",
                           "\"x=y", "driver_ov\"erride=a,b="})
    expect_lost(line, "the quote is never closed");
  EXPECT_TRUE(parse_command_line("x=\"y z\" \"a=b\"").rules.empty());
}

TEST(CommandLine, AQuoteThatIsClosedInTheMidstLosesRules) {
  for (const char* line : {"driver_override=\"a,b=\";root=x", "\"driver_override=a,b=\";root=x"}) {
    const ParsedRules parsed = parse_command_line(line);
    ASSERT_EQ(parsed.rules.size(), 3U) << line;
    EXPECT_TRUE(parsed.rules[0].bad && parsed.rules[2].lost) << line;
    EXPECT_EQ(parsed.messages.back().text, "the quote is closed in the middle of the value");
  }
  EXPECT_FALSE(parse_command_line("driver_override=a,b=c\"d e\"f").rules.at(0).bad);
}

TEST(CommandLine, ANameWithoutItsEqualsSignLosesRules) {
  expect_lost("driver_override pci,00:12.0=", "expected \"=\" and rules after \"driver_override\"");
  expect_lost("rd.driver_override quiet", "expected \"=\" and rules after \"rd.driver_override\"");
  expect_lost("driver_override:pci,00:12.0=",
              "expected \"=\" after \"driver_override\", found \":\"");
  expect_lost("driver_override= pci,00:12.0=", "expected rules after \"driver_override\"");
  expect_lost("driver_override=;", "expected rules after \"driver_override\"");
}

TEST(CommandLine, AMisspeltNameLosesRules) {
  for (const char* name : {"driver_overide", "drivr_override", "driver_overrides",
                           "rd.driver_overide", "driver-overide", "rd_driver_override"})
    expect_lost(std::string(name) + "=pci,00:12.0=",
                "unknown parameter \"" + std::string(name) + "\"");
  expect_lost("quietdriver_override=pci,00:12.0=", "unknown parameter \"quietdriver_override\"");
  for (const char* other :
       {"vfio.driver_override=1", "rd.driver.pre=x", "driver_async_probe=x", "override=a,b="})
    EXPECT_TRUE(parse_command_line(other).rules.empty()) << other;
}

TEST(CommandLine, AParameterInsideAWordLosesRules) {
  expect_lost("root=/dev/vdadriver_override=pci,00:12.0=",
              "a parameter begins in the middle of a word");
  expect_lost("x=yrd.driver-override=pci,00:12.0=", "a parameter begins in the middle of a word");
  EXPECT_TRUE(parse_command_line("kexec=\"x driver_override=a,b=\"").rules.empty());
}

TEST(CommandLine, ABracketThatIsNoRuleOfPciLosesRules) {
  expect_lost("pci=noaer,drivr[00:12.0]=",
              "expected \"driver[\" before the bracket, found \"drivr[\"");
  expect_lost("pci=noaer,river00:12.0]=x",
              "expected \"driver[\" before the bracket, found \"river00:12.0]\"");
  for (const char* line : {"pcj=driver[00:12.0]=", "pci =driver[00:12.0]=", "driver[00:12.0]="})
    expect_lost(line, "\"driver[\" is outside the parameter \"pci=\"");
}

TEST(CommandLine, AStrayBracketInAListWidensNothing) {
  const ParsedRules parsed = parse_command_line("pci=driver[00:01.0]00.0,1:2:3.4]=x");
  ASSERT_EQ(parsed.rules.size(), 2U);
  EXPECT_EQ(parsed.rules[0].reach, Reach::its_bus);
  EXPECT_TRUE(parsed.rules[1].lost);
}

TEST(CommandLine, ALineThatMayBeCutLosesItsEnd) {
  for (const std::size_t size : {255U, 511U, 1023U, 2047U, 4095U}) {
    std::string line = "driver_override=pci,00:12.0=a ";
    line += std::string(size - line.size(), 'x');
    EXPECT_EQ(rules_of(line), (Texts{"pci 00:12.0=a", "!="})) << size;
    EXPECT_EQ(rules_of(line + "x"), (Texts{"pci 00:12.0=a"})) << size;
    EXPECT_EQ(rules_of(line.substr(0, size - 1)), (Texts{"pci 00:12.0=a"})) << size;
    EXPECT_TRUE(parse_uncut_command_line(line).messages.empty()) << size;
  }
}

TEST(CommandLine, OfACutLineTheLastRuleIsBadToo) {
  const auto padded = [](const std::string& end) {
    return std::string(254 - end.size(), 'x') + " " + end;
  };
  EXPECT_EQ(rules_of(padded("driver_override=pci,00:1?.0=a driver_override=pci,0000:06:00.1=vfio")),
            (Texts{"pci 00:1?.0=a", "!pci 0000:06:00.1=vfio", "!="}));
  EXPECT_EQ(rules_of(padded("driver_override=\"pci,00:1?.0=a;pci,0000:06:00.1=vfio\"")),
            (Texts{"pci 00:1?.0=a", "!pci 0000:06:00.1=vfio", "!="}));
}

// F1: each place at which the exception may be cut, also before its "=".
TEST(CommandLine, WhereverALineIsCutItsEndIsLost) {
  const std::string line =
      "driver_override=pci,*:*:*.*=a driver_override=pci,0000:06:00.1,0000:0b:00.0,0000:0d:00.4=";
  for (std::size_t size = 30; size <= line.size(); ++size) {
    const std::string cut = std::string(254 - size, 'x') + " " + line.substr(0, size);
    ASSERT_EQ(cut.size(), 255U);
    EXPECT_TRUE(parse_command_line(cut).rules.back().lost) << cut;
    EXPECT_EQ(parse_command_line(cut).rules.back().reach, Reach::every_bus);
  }
}

TEST(CommandLine, ANulByteLosesWhatFollows) {
  using namespace std::string_literals;
  expect_lost("driver_override=a,b=c\0 driver_override=a,b="s, "a NUL byte ends the command line");
}

TEST(CommandLine, ARuleInPciHasNoOptions) {
  for (const char* option :
       {"id=10de:2204", "class=0300", "module=m", "norebind", "sticky", "trial"}) {
    const std::string line = std::string("pci=driver[00:12.0]=x,") + option + ",nomsi";
    EXPECT_EQ(rules_of(line), (Texts{"!pci 00:12.0=x"})) << line;
    EXPECT_EQ(parse_command_line(line).messages.size(), 1U) << line;
  }
  EXPECT_EQ(rules_of("pci=driver[00:12.0]=x,noaer,resource_alignment=20@00:12.0"),
            (Texts{"pci 00:12.0=x"}));
  EXPECT_EQ(rules_of("pci=sticky,driver[00:12.0]=x"), (Texts{"pci 00:12.0=x"}));
}

TEST(CommandLine, SpansLieInsideTheLineForAnyBytes) {
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
    bool has_bad = false;
    for (const Rule& rule : parsed.rules) {
      ASSERT_TRUE(inside(rule.span)) << line;
      ASSERT_TRUE(rule.lost || rule.text == line.substr(rule.span.offset, rule.span.length))
          << line;
      for (const DevicePattern& device : rule.devices)
        ASSERT_EQ(device.text, line.substr(device.span.offset, device.span.length));
      has_bad = has_bad || rule.bad;
      ASSERT_TRUE(rule.bad || (!rule.bus.empty() && !rule.devices.empty())) << line;
    }
    for (const Message& message : parsed.messages) {
      const auto& [span, excerpt, source] = message.place.value();
      ASSERT_TRUE(inside(span) && inside(excerpt.value())) << line;
      ASSERT_GE(span.offset, excerpt->offset) << line;
      ASSERT_FALSE(render(message, line, "command line").empty());
      ASSERT_EQ(message.text.find("boost"), std::string::npos) << message.text;
    }
    ASSERT_EQ(has_error(parsed.messages), has_bad) << line;
  }
}

TEST(CommandLine, AHugeLineIsReadInLinearTime) {
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
