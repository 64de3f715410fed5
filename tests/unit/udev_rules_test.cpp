// SPDX-License-Identifier: LGPL-2.1-or-later
// What udev is told: each line matches at least what its rule can, and holds no byte of a rule that
// udev could read as anything but a name.
#include "hook/udev_rules.hpp"

#include <fnmatch.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "hook/match.hpp"
#include "parser/message.hpp"
#include "parser/rule_parser.hpp"

namespace driver_override {
namespace {

/// The lines that rules become, without those that all files have.
std::vector<std::string> lines_of(const std::string& rules) {
  std::vector<std::string> lines;
  const std::string text = udev_rules(parse_rules(rules, 0).rules);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    if (line.rfind("SUBSYSTEM", 0) == 0) lines.push_back(line);
    at = end + 1;
  }
  return lines;
}

/// The devices that those lines are about, in their order.
std::vector<DevicePattern> devices_of(const std::string& rules) {
  std::vector<DevicePattern> devices;
  for (const Rule& rule : parse_rules(rules, 0).rules)
    if (!rule.bad && !rule.driver.empty())
      devices.insert(devices.end(), rule.devices.begin(), rule.devices.end());
  return devices;
}

/// The match of the only line, between the bus and our property.
std::string match_of(const std::string& rule) {
  const std::string line = lines_of(rule).at(0);
  const std::size_t begin = line.find(", ") + 2;
  return line.substr(begin, line.find(", ENV{") - begin);
}

TEST(UdevRules, AnAddressIsItsName) {
  EXPECT_EQ(lines_of("pci,2:0.0=x"),
            std::vector<std::string>{"SUBSYSTEM==\"pci\", KERNEL==\"0000:02:00.0\", "
                                     "ENV{.DRIVER_OVERRIDE}=\"once\""});
  EXPECT_EQ(match_of("pci,10000:E1:00.0=x"), "KERNEL==\"10000:e1:00.0\"");
  EXPECT_EQ(match_of("pci,02:00=x"), "KERNEL==\"0000:02:00.?\"");
  EXPECT_EQ(match_of("pci,*:A?:*.*=x"), "KERNEL==\"*:a?:*.*\"");
  EXPECT_EQ(match_of("pci,00:10-13.0-3=x"), "KERNEL==\"0000:00:??.?\"");
}

TEST(UdevRules, APathIsAnyDeviceBelowItsBridge) {
  EXPECT_EQ(match_of("pci,00:03.2/00.0/1f.7=x"), "KERNELS==\"0000:00:03.2\"");
}

TEST(UdevRules, IdsAreAttributes) {
  EXPECT_EQ(match_of("pci,pci:10de:2204:0:403b=x"),
            "ATTR{vendor}==\"0x10de\", ATTR{device}==\"0x2204\", "
            "ATTR{subsystem_device}==\"0x403b\"");
}

TEST(UdevRules, OddBytesBecomeQuestionMarks) {
  EXPECT_EQ(match_of("platform,a%22%2c%20b%24%7b$kernel=x"), "KERNEL==\"a???b???kernel\"");
  EXPECT_EQ(match_of("platform,a%2ab?c=x"), "KERNEL==\"a?b?c\"");
  EXPECT_EQ(match_of("platform,x[ab]y=x"), "KERNEL==\"x?y\"");
  EXPECT_EQ(match_of("platform,x[ab]y[cd]z=x"), "KERNEL==\"x?y?z\"");
}

TEST(UdevRules, ASetIsOneByteWhereverItEnds) {
  EXPECT_EQ(match_of("platform,a[b]c]=x"), "KERNEL==\"a?c?\"");
  EXPECT_EQ(match_of("platform,[x]y]=x"), "KERNEL==\"?y?\"");
  EXPECT_EQ(match_of("platform,a[]b]*[!]c]d%5b[[:alpha:]]=x"), "KERNEL==\"a?*?d??\"");
}

TEST(UdevRules, StickyIsTold) {
  EXPECT_NE(lines_of("pci,2:0.0=x,sticky").at(0).find("ENV{.DRIVER_OVERRIDE}=\"sticky\""),
            std::string::npos);
}

TEST(UdevRules, StickyLinesStandLastAndOthersKeepTheirOrder) {
  const std::string sticky = ", ENV{.DRIVER_OVERRIDE}=\"sticky\"";
  const std::string once = ", ENV{.DRIVER_OVERRIDE}=\"once\"";
  EXPECT_EQ(lines_of("platform,b=x,sticky;platform,a=y;platform,c=x"),
            (std::vector<std::string>{"SUBSYSTEM==\"platform\", KERNEL==\"a\"" + once,
                                      "SUBSYSTEM==\"platform\", KERNEL==\"c\"" + once,
                                      "SUBSYSTEM==\"platform\", KERNEL==\"b\"" + sticky}));
}

TEST(UdevRules, ABadRuleAndAnExemptionHaveNoLine) {
  EXPECT_EQ(lines_of("platform,a=;platform,b=x,nonsense;platform,c=x").size(), 1U);
}

TEST(UdevRules, WithoutARuleThatSetsOneThereIsNoText) {
  EXPECT_EQ(udev_rules(parse_rules("pci,2:0.0=;pci,zz=x", 0).rules), "");
}

/// The pattern of names in the only line of a rule for the device.
std::string kernel_match(DevicePattern device) {
  Rule rule;
  rule.bus = "platform";
  rule.driver = "x";
  rule.devices = {std::move(device)};
  const std::string text = udev_rules({rule});
  const std::size_t begin = text.find(", KERNEL==\"") + 11;
  return text.substr(begin, text.find('"', begin) - begin);
}

std::string random_text(std::mt19937& random, std::string_view alphabet, unsigned least,
                        unsigned most) {
  std::string text(least + random() % (most - least + 1), ' ');
  for (char& byte : text) byte = alphabet[random() % alphabet.size()];
  return text;
}

TEST(UdevRules, ALineMatchesWhateverItsGlobMatches) {
  std::mt19937 random(2);
  std::size_t globs = 0;
  std::size_t matches = 0;
  while (globs < 100000) {
    const std::string text = random_text(random, "ab]]a*?[[]!^-:b%\xC3\\$", 1, 8);
    Parsed<Glob> glob = Glob::compile(text, 0);
    if (!std::holds_alternative<Glob>(glob)) continue;
    ++globs;
    const Glob compiled = std::get<Glob>(glob);
    const std::string pattern = kernel_match({text, {}, compiled});
    for (int i = 0; i < 6; ++i) {
      const std::string name = random_text(random, "ab]b[a!^-:\xC3\\$", 1, 5);
      if (!compiled.matches(name)) continue;
      ++matches;
      ASSERT_EQ(::fnmatch(pattern.c_str(), name.c_str(), 0), 0)
          << text << " -> " << pattern << ' ' << name;
    }
  }
  EXPECT_GT(matches, 10000U);
}

TEST(UdevRules, ALineMatchesWhateverItsAddressMatches) {
  std::mt19937 random(3);
  constexpr std::array<std::string_view, 8> fields = {"*",    "?", "1?", "?A",
                                                      "0-1f", "1", "0a", "1?*"};
  std::size_t matches = 0;
  for (int round = 0; round < 5000; ++round) {
    const auto field = [&] { return std::string(fields.at(random() % fields.size())); };
    std::string text = field() + ":" + field();
    if (random() % 2 == 0) text.insert(0, random() % 2 == 0 ? "0000:" : "*:");
    if (random() % 2 == 0) text += random() % 2 == 0 ? ".*" : ".0-7";
    const ParsedRules parsed = parse_rules("pci," + text + "=x", 0);
    ASSERT_FALSE(parsed.rules.at(0).bad) << text;
    const DevicePattern& device = parsed.rules[0].devices.at(0);
    const std::string pattern = kernel_match(device);
    for (const char* name : {"0000:01:01.0", "0000:1a:0a.1", "0000:0a:1a.7", "0001:00:1f.3"}) {
      if (!names(device, Device({"pci", name}))) continue;
      ++matches;
      ASSERT_EQ(::fnmatch(pattern.c_str(), name, 0), 0) << text << " -> " << pattern << ' ' << name;
    }
  }
  EXPECT_GT(matches, 500U);
}

TEST(UdevRules, NoNameEscapesItsQuotes) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string name;
    for (unsigned i = 0; i < 1 + random() % 12; ++i) name += static_cast<char>(random());
    const std::vector<std::string> lines = lines_of("platform," + name + "=x");
    const std::vector<DevicePattern> devices = devices_of("platform," + name + "=x");
    ASSERT_EQ(lines.size(), devices.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
      EXPECT_EQ(std::count(lines[i].begin(), lines[i].end(), '"'), 6) << lines[i];
      const std::size_t begin = lines[i].find("KERNEL==\"") + 9;
      const std::string pattern = lines[i].substr(begin, lines[i].find('"', begin) - begin);
      const auto exact = exact_name_in_rule(devices[i]);
      EXPECT_EQ(::fnmatch(pattern.c_str(), exact.value_or(pattern).c_str(), FNM_NOESCAPE), 0)
          << pattern;
    }
  }
}

}  // namespace
}  // namespace driver_override
