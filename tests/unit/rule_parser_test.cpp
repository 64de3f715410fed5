// SPDX-License-Identifier: LGPL-2.1-or-later
// What a rule becomes. Messages are the golden cases' to hold.
#include "parser/rule_parser.hpp"

#include <gtest/gtest.h>

#include "parser/message.hpp"

namespace driver_override {
namespace {

Rule only_rule(std::string_view text) {
  ParsedRules parsed = parse_rules(text, 0);
  EXPECT_EQ(parsed.rules.size(), 1U) << text;
  return parsed.rules.at(0);
}

std::string only_message(std::string_view text) {
  const ParsedRules parsed = parse_rules(text, 0);
  EXPECT_EQ(parsed.messages.size(), 1U) << text;
  return parsed.messages.empty() ? "" : parsed.messages[0].text;
}

TEST(RuleParser, TheRulesOfTheReview) {
  const ParsedRules parsed =
      parse_rules("pci,0000:02:00.0=pci-stub;platform,fakename=vfio-platform", 16);
  ASSERT_EQ(parsed.rules.size(), 2U);
  EXPECT_TRUE(parsed.messages.empty());
  EXPECT_EQ(parsed.rules[0].bus, "pci");
  EXPECT_EQ(parsed.rules[0].driver, "pci-stub");
  EXPECT_EQ(exact_name_in_rule(parsed.rules[0].devices.at(0)), "0000:02:00.0");
  EXPECT_EQ(parsed.rules[1].span, (Span{42, 31}));
  EXPECT_EQ(exact_name_in_rule(parsed.rules[1].devices.at(0)), "fakename");
}

TEST(RuleParser, ExactNamesAreWrittenAsTheKernelDoes) {
  EXPECT_EQ(exact_name_in_rule(only_rule("pci,2:a.1=x").devices.at(0)), "0000:02:0a.1");
  EXPECT_EQ(exact_name_in_rule(only_rule("pci,10000:e1:0.0=x").devices.at(0)), "10000:e1:00.0");
  for (const char* wide : {"pci,02:00=x", "pci,02:00.*=x", "pci,*:02:00.0=x", "pci,02:0-1.0=x"})
    EXPECT_EQ(exact_name_in_rule(only_rule(wide).devices.at(0)), std::nullopt) << wide;
  EXPECT_EQ(exact_name_in_rule(only_rule("pci,02:1-1.0=x").devices.at(0)), "0000:02:01.0");
}

TEST(RuleParser, PatternsAreToldFromWhatIsSpelledOut) {
  for (const char* pattern :
       {"pci,00:*.0=x", "pci,00:1?.0=x", "spi,spi[01].0=x", "pci,*:00:1.0=x", "pci,00:10-13.0=x",
        "pci,00:10-13=x", "pci,0-1:00:10.0=x", "pci,00:1-2:10.0=x", "pci,00:10.0-1=x",
        "pci,pci:8086:100e=x", "pci,pci:8086:100e:1:2=x", "pci,pci:8086:*=x", "pci,00:01.0/00.*=x",
        "pci,00:01.0/0-1.0=x", "pci,00:01.*/00.0=x", "pci,00:01.0/01.0-1/00.0=x"})
    EXPECT_TRUE(is_rule_pattern(only_rule(pattern).devices.at(0))) << pattern;
  for (const char* plain : {"pci,00:10.0=x", "pci,00:10-10.0=x", "pci,00:10=x", "spi,spi%2a=x",
                            "pci,00:01.0/00=x", "pci,00:01/00.0=x", "pci,1:2:3.4/5.6=x"})
    EXPECT_FALSE(is_rule_pattern(only_rule(plain).devices.at(0))) << plain;
}

TEST(RuleParser, ARangeAndIdsArePatternsAndASlotIsNone) {
  for (const char* pattern : {"pci,00:10-13.0=x", "pci,00:10.0-1=x", "pci,0-1:00:10.0=x",
                              "pci,00:1?.0=x", "pci,00:10.*=x", "pci,00:03.2/0-1.0=x",
                              "pci,00:03.2/00.*=x", "pci,pci:10de:2204=x", "spi,spi[01].0=x"})
    EXPECT_TRUE(is_rule_pattern(only_rule(pattern).devices.at(0))) << pattern;
  for (const char* plain : {"pci,00:10=x", "pci,00:10.0=x", "pci,00:10-10.0=x", "pci,00:03.2/00=x",
                            "pci,00:03/00.0=x", "spi,spi%2a=x", "platform,a-b=x"})
    EXPECT_FALSE(is_rule_pattern(only_rule(plain).devices.at(0))) << plain;
}

TEST(RuleParser, NamesAreDecoded) {
  const Rule rule = only_rule("platform,qcom%2csmem,Fixed MDIO bus.0=intel%20ips");
  EXPECT_EQ(exact_name_in_rule(rule.devices.at(0)), "qcom,smem");
  EXPECT_EQ(exact_name_in_rule(rule.devices.at(1)), "Fixed MDIO bus.0");
  EXPECT_EQ(rule.driver, "intel ips");
}

TEST(RuleParser, BothDigitsOfAPercentSignAreHex) {
  for (const char* rule :
       {"platform,a%4gb=x", "platform,a%g4b=x", "platform,ab%4=x", "platform,ab%=x"})
    EXPECT_EQ(only_message(rule), "expected two hex digits after \"%\" in a device name") << rule;
}

TEST(RuleParser, BlanksAroundARuleAndEmptyRulesAreNothing) {
  EXPECT_EQ(parse_rules(" ;; a,b=c ;\t; d,e=f ;", 0).rules.size(), 2U);
  EXPECT_TRUE(parse_rules("", 0).rules.empty());
}

TEST(RuleParser, AnEmptyDriverExempts) {
  const Rule rule = only_rule("pci,00:12.0=");
  EXPECT_FALSE(rule.bad);
  EXPECT_TRUE(rule.driver.empty());
}

TEST(RuleParser, ABadRuleKeepsTheDevicesThatItNames) {
  const Rule rule = only_rule("pci,0000:02:00.0,03:00.*==x");
  EXPECT_TRUE(rule.bad);
  EXPECT_EQ(rule.devices.size(), 2U);
}

TEST(RuleParser, ABadOptionReachesTheRulesDevicesAlone) {
  for (const char* text : {"pci,00:12.0=x,shiny", "pci,00:12.0=x,id=zz", "pci,00:12.0=,class=0",
                           "pci,00:12.0=x,sticky,sticky", "pci,00:12.0=x,modul=y",
                           "platform,a=x,id=1:2", "pci,00:12.0=x,norebind=1"}) {
    const Rule rule = only_rule(text);
    EXPECT_TRUE(rule.bad) << text;
    EXPECT_EQ(rule.reach, Reach::its_devices) << text;
    EXPECT_EQ(rule.devices.size(), 1U) << text;
  }
}

TEST(RuleParser, AFaultBeforeTheOptionsReachesItsBus) {
  for (const char* text : {"pci,02:00.0,02:zz.0=x", "pci,02:00.0==x", "pci,02:00.0",
                           "pci,,02:00.0=x", "pci,", "pci,02:00.0=x,", "pci,02:00.0=x,,sticky",
                           "pci,02:00.0=a%zz", "pci,02:00.0==x,id=1:2", "pci,02:00.0=x,id=1=2"}) {
    const Rule rule = only_rule(text);
    EXPECT_TRUE(rule.bad) << text;
    EXPECT_EQ(rule.bus, "pci") << text;
    EXPECT_EQ(rule.reach, Reach::its_bus) << text;
  }
  EXPECT_EQ(only_rule("pci,02:00.0,02:zz.0=x").devices.size(), 1U);
}

TEST(RuleParser, WithoutACommaBehindItsBusARuleReachesEveryBus) {
  for (const char* text : {"02:00.0=x", "=x", ",a=b", "p/ci,a=b", "..,a=b", "pci*,00:11.0=x",
                           "'pci,00:11.0=x'", "pci", "pci=00:11.0", "pci00:11.0=x"}) {
    const Rule rule = only_rule(text);
    EXPECT_TRUE(rule.bad) << text;
    EXPECT_EQ(rule.reach, Reach::every_bus) << text;
  }
}

// A blank, a ";" or a "," was mistyped, or an "=" too many.
TEST(RuleParser, ARuleThatMayHoldAnotherReachesEveryBus) {
  for (const char* text :
       {"pci,00:10.0=aplatform,foo=", "pci,00:10.0=a,platform,foo=", "pci,00:12=,00:13.0=",
        "pci,00:10.0=a=platform,foo=", "pci,00:10.0=adriver_override=platform,foo=b",
        "pci,00:10.0=a,shiny=1"}) {
    const Rule rule = only_rule(text);
    EXPECT_TRUE(rule.bad) << text;
    EXPECT_EQ(rule.reach, Reach::every_bus) << text;
  }
}

TEST(RuleParser, ABusOfFourDigitsIsADomain) {
  EXPECT_EQ(only_message("pci,0000:*=x"), "the PCI bus \"0000\" looks like a domain");
  const auto hint = [](std::string_view text) { return parse_rules(text, 0).messages[0].hint; };
  EXPECT_EQ(hint("pci,0000:*=x"), "did you mean \"0000:*:*.*\"?");
  EXPECT_EQ(hint("pci,0000:0a=x"), "did you mean \"0000:0a:00\"?");
  EXPECT_EQ(hint("pci,0001:0a.1=x"), "did you mean \"0001:0a:00.1\"?");
  EXPECT_TRUE(parse_rules("pci,00a:0a.1=x;pci,0:00a0:0.0=x", 0).messages.empty());
}

TEST(RuleParser, NamesThatSysfsCannotHoldAreErrors) {
  EXPECT_EQ(only_message("platform,a/b=c"), "a device name cannot hold \"/\"");
  EXPECT_EQ(only_message("platform,..=c"), "\"..\" cannot be a device name");
  EXPECT_EQ(only_message("platform,%2e=c"), "\".\" cannot be a device name");
  EXPECT_EQ(only_message("platform,a=../c"), "a driver name cannot hold \"/\"");
  EXPECT_EQ(only_message("platform,a=b%0ac"), "a driver name cannot hold a newline");
  EXPECT_EQ(only_message("platform," + std::string(256, 'a') + "=c"),
            "the device name is 256 bytes long; at most 255 are possible");
  EXPECT_EQ(only_message("platform,a=" + std::string(256, 'a')),
            "the driver name is 256 bytes long; at most 255 are possible");
  EXPECT_TRUE(parse_rules("platform,a=" + std::string(255, 'a'), 0).messages.empty());
}

TEST(RuleParser, AnUnknownOptionMakesARuleBad) {
  const Rule rule = only_rule("pci,00:11.0=pci-stub,shiny");
  EXPECT_TRUE(rule.bad);
  EXPECT_EQ(rule.devices.size(), 1U);
}

TEST(RuleParser, PciFieldsHaveLimits) {
  EXPECT_EQ(only_message("pci,100:0.0=x"), "the PCI bus \"100\" is above ff");
  EXPECT_EQ(only_message("pci,0:20.0=x"), "the PCI device \"20\" is above 1f");
  EXPECT_EQ(only_message("pci,0:0.8=x"), "the PCI function \"8\" is above 7");
  EXPECT_EQ(only_message("pci,100000000:0:0.0=x"),
            "the PCI domain \"100000000\" is above ffffffff");
  EXPECT_EQ(only_message("pci,0:13-10.0=x"), "the range ends before it begins");
}

TEST(RuleParser, PatternsThatNoDeviceCanMatchAreWarnedOf) {
  for (const char* text : {"pci,0:?.0=x", "pci,?:0.0=x", "pci,???:0:0.0=x", "pci,0:3?.0=x",
                           "pci,0:0.?\?=x", "pci,0:0.8*=x"}) {
    const ParsedRules parsed = parse_rules(text, 0);
    EXPECT_FALSE(parsed.rules.at(0).bad) << text;
    ASSERT_EQ(parsed.messages.size(), 1U) << text;
    EXPECT_EQ(parsed.messages[0].severity, Severity::warning) << text;
  }
  for (const char* text : {"pci,0:*.?=x", "pci,??:1?.0=x", "pci,?????:0:0.0=x", "pci,*:0:0.0=x"})
    EXPECT_TRUE(parse_rules(text, 0).messages.empty()) << text;
}

TEST(PciRule, TheFormOfThePatch) {
  const ParsedRules parsed = parse_pci_rule("driver[0001:02:03.4,0001:02:04.0]=pci-stub", 4);
  ASSERT_TRUE(parsed.messages.empty());
  EXPECT_EQ(parsed.rules.at(0).bus, "pci");
  EXPECT_EQ(parsed.rules.at(0).devices.size(), 2U);
  EXPECT_EQ(parsed.rules.at(0).devices[1].span, (Span{24, 12}));
  EXPECT_EQ(parsed.rules.at(0).driver, "pci-stub");
}

TEST(PciRule, BadOnesKeepTheirDevices) {
  const auto bad = [](std::string_view text) { return parse_pci_rule(text, 0).rules.at(0); };
  EXPECT_EQ(bad("driver[00:11.0").devices.size(), 1U);
  EXPECT_EQ(bad("driver[00:11.0]").devices.size(), 1U);
  EXPECT_EQ(bad("driver[00:11.0]==x").devices.size(), 1U);
  for (const char* text : {"driver[]=x", "driver=x", "driver[00:11.0,]=x", "driver[00:11.0]==x"})
    EXPECT_EQ(bad(text).reach, Reach::its_bus) << text;
}

TEST(LostRule, StandsForTextAndReachesEveryBus) {
  ParsedRules result;
  add_lost_rule(result, "x \x01", error_at({3, 2}, "it is lost"));
  ASSERT_EQ(result.rules.size(), 1U);
  const Rule& rule = result.rules[0];
  EXPECT_TRUE(rule.bad && rule.lost && rule.bus.empty() && rule.devices.empty());
  EXPECT_EQ(rule.reach, Reach::every_bus);
  EXPECT_EQ(rule.text, "x \x01");
  EXPECT_EQ(rule.span, (Span{3, 2}));
  EXPECT_EQ(result.messages.at(0).text, "it is lost");
}

TEST(RuleParser, ADriverHasALetterOrADigit) {
  for (const char* driver : {"0", "9", "a", "z", "A", "Z", "-5-", "%2d"})
    EXPECT_FALSE(parse_rules(std::string("pci,00:01.0=") + driver, 0).rules.at(0).bad) << driver;
  for (const char* driver : {"-", "\"\"", "/", ":", "@", "[", "`", "{", "\xC3\xA0"})
    EXPECT_TRUE(parse_rules(std::string("pci,00:01.0=") + driver, 0).rules.at(0).bad) << driver;
}

TEST(RuleParser, NoNameEndsInABlankOrADeviceInAQuote) {
  for (const char* rule :
       {"platform,a =b", "platform, a=b", "platform,a\t,c=b", "platform,'a=b", "platform,a*\"=b",
        "platform,a= b", "platform,a=b ,module=c", "pci,00:01.0=b,module= c"})
    EXPECT_TRUE(parse_rules(rule, 0).rules.at(0).bad) << rule;
  for (const char* rule :
       {"platform,%20a=b", "platform,a b=c d", "platform,a'b=c", "platform,a=b'"})
    EXPECT_FALSE(parse_rules(rule, 0).rules.at(0).bad) << rule;
}

}  // namespace
}  // namespace driver_override
