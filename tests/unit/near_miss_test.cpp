// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/near_miss.hpp"

#include <gtest/gtest.h>

#include "parser/command_line.hpp"
#include "parser/drop_in_line.hpp"
#include "parser/message.hpp"

namespace driver_override {
namespace {

/// The errors of a command line as "OFFSET: MESSAGE | HINT".
std::vector<std::string> said(std::string_view line) {
  std::vector<std::string> texts;
  for (const Message& one : parse_command_line(line).messages)
    texts.push_back(std::to_string(one.place.value().span.offset) + ": " + one.text + " | " +
                    one.hint);
  return texts;
}

using Texts = std::vector<std::string>;

TEST(NearMiss, AMisspeltName) {
  const std::string hint = " | did you mean \"driver_override=\"?";
  EXPECT_EQ(said("driver_overide=off"), Texts{"0: unknown parameter \"driver_overide\"" + hint});
  EXPECT_EQ(said("ro driver.override=off"),
            Texts{"3: unknown parameter \"driver.override\"" + hint});
  EXPECT_EQ(said("drivers_override=a,b=c"),
            Texts{"0: unknown parameter \"drivers_override\"" + hint});
  EXPECT_EQ(said("Driver_Override=a,b=c"),
            Texts{"0: unknown parameter \"Driver_Override\"" + hint});
  EXPECT_EQ(said("driver-overide"), Texts{"0: unknown parameter \"driver-overide\"" + hint});
  EXPECT_EQ(
      said("rd.driver_overide=a,b=c"),
      Texts{"0: unknown parameter \"rd.driver_overide\" | did you mean \"rd.driver_override=\"?"});
}

TEST(NearMiss, AnotherCharacterInPlaceOfTheEqualsSign) {
  EXPECT_EQ(said("ro driver_override:pci,02:00.0=a"),
            Texts{"18: expected \"=\" after \"driver_override\", found \":\" | did you mean "
                  "\"driver_override=\"?"});
}

TEST(NearMiss, AnotherCharacterWithinTheName) {
  for (const char* name :
       {"driver?override", "driver:override", "driver,override", "driver/override",
        "'river_override", "driver\xE2\x80\x91override", "dr\xD1\x96ver_override",
        "driver\xE2\x82\xACoverride", "driver_over\xE2\x80\x8Bride",
        "\xE2\x80\x9C"
        "driver_override"}) {
    const ParsedRules parsed = parse_command_line(std::string("ro ") + name + "=a,b=");
    ASSERT_EQ(parsed.rules.size(), 1U) << name;
    EXPECT_TRUE(parsed.rules[0].lost) << name;
    EXPECT_NE(parsed.messages.at(0).hint.find("driver_override"), std::string::npos) << name;
  }
}

TEST(NearMiss, AMissingBlank) {
  EXPECT_EQ(said("quietdriver_override=a,b=c"),
            Texts{"0: unknown parameter \"quietdriver_override\" | a blank may be missing before "
                  "\"driver_override\""});
  EXPECT_EQ(
      said("quietrd.driver_override"),
      Texts{"0: unknown parameter \"quietrd.driver_override\" | a blank may be missing before "
            "\"rd.driver_override\""});
  EXPECT_EQ(said("x=yrd.driver_override=a,b=c"),
            Texts{"3: a parameter begins in the middle of a word | put a blank before "
                  "\"rd.driver_override\""});
  EXPECT_EQ(said("x=ydriver_override=a,b=c"),
            Texts{"3: a parameter begins in the middle of a word | put a blank before "
                  "\"driver_override\""});
}

TEST(NearMiss, AnotherSeparatorInPlaceOfABlank) {
  for (const char* line :
       {"quiet,driver_override=a,b=", "ro;driver_override=a,b=", "quiet.driver_override=a,b=",
        "root=/dev/sda1 quiet,rd.driver_override=a,b=", "root=/dev/sda1.driver-override=a,b="}) {
    const ParsedRules parsed = parse_command_line(line);
    ASSERT_EQ(parsed.rules.size(), 1U) << line;
    EXPECT_TRUE(parsed.rules[0].lost) << line;
  }
  EXPECT_EQ(said("quiet,driver_override=a,b="),
            Texts{"0: unknown parameter \"quiet,driver_override\" | a blank may be missing before "
                  "\"driver_override\""});
}

TEST(NearMiss, ADotInPlaceOfTheBlankBehindARule) {
  const ParsedRules parsed =
      parse_command_line("pci=driver[00:12.1]=none.driver_override=\"platform,foo.1,foo.2=\" ro");
  ASSERT_EQ(parsed.rules.size(), 2U);
  EXPECT_TRUE(parsed.rules[0].bad);
  EXPECT_TRUE(parsed.rules[1].lost);
}

TEST(NearMiss, ABracketInQuotesBehindAnotherName) {
  for (const char* line : {"pc=\"driver[00:12.1]=\"", "\"Pci=driver[00:12.1]=\""}) {
    const ParsedRules parsed = parse_command_line(line);
    ASSERT_EQ(parsed.rules.size(), 1U) << line;
    EXPECT_TRUE(parsed.rules[0].lost) << line;
  }
}

TEST(NearMiss, InAFileToo) {
  const ParsedRules parsed = parse_drop_in_line("driver_overide=pci,02:00.0=a", 4);
  ASSERT_EQ(parsed.messages.size(), 1U);
  EXPECT_EQ(parsed.messages[0].text, "unknown parameter \"driver_overide\"");
  EXPECT_EQ(parsed.messages[0].place.value().span, (Span{4, 14}));
  EXPECT_TRUE(parsed.rules.at(0).lost);
}

TEST(NearMiss, NamesThatAreSomethingElse) {
  EXPECT_EQ(said("driver_async_probe=x rd.driver.pre=vfio-pci rd.driver.blacklist=nouveau "
                 "rd.driver.post=x rd.driver.export driver=x override=y vfio.driver_override=x "
                 "driver_override=off driver-override=off rd.driver-override=off "
                 "driver_override=platform,x=my_driver_override pci=noaer"),
            Texts{});
  EXPECT_EQ(said(std::string(1500, 'd') + "=x"), Texts{});
}

}  // namespace
}  // namespace driver_override
