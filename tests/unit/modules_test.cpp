// SPDX-License-Identifier: LGPL-2.1-or-later
// Which module a driver is in: the search in the table, the table itself, and what outweighs it.
#include "hook/modules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "hook/driver_table.hpp"
#include "parser/rule_parser.hpp"

namespace driver_override {
namespace {

constexpr std::array buses{"amba",  "cdx", "css",  "fsl-mc", "pci", "platform",
                           "rpmsg", "spi", "vdpa", "vmbus",  "wmi"};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (; !text.empty(); text.remove_prefix(lines.back().size() + 1))
    lines.push_back(text.substr(0, text.find('\n')));
  return lines;
}

std::string_view driver_in(std::string_view line) {
  return line.substr(0, line.find('='));
}

std::string plain(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), '-', '_');
  return text;
}

TEST(FindModule, FindsTheFirstTheLastAndThoseBetween) {
  constexpr std::string_view lines = "a=first\nb c=2\nbb=3\nlonger-than-the-others=4\nz=last\n";
  EXPECT_EQ(find_module(lines, "a"), "first");
  EXPECT_EQ(find_module(lines, "b c"), "2");
  EXPECT_EQ(find_module(lines, "bb"), "3");
  EXPECT_EQ(find_module(lines, "longer-than-the-others"), "4");
  EXPECT_EQ(find_module(lines, "z"), "last");
}

TEST(FindModule, KnowsNothingElse) {
  constexpr std::string_view lines = "b=1\nbb=2\n";
  for (const char* driver : {"", "a", "b=1", "ba", "bbb", "c", "1", "b=1\nbb", "\n", "\xff"})
    EXPECT_EQ(find_module(lines, driver), "") << driver;
  EXPECT_EQ(find_module("", "b"), "");
}

TEST(FindDrivers, FindsAllOfAModule) {
  using Names = std::vector<std::string_view>;
  constexpr std::string_view lines = "a=one-two\nb c=one_two\nc=one\nd=one-two\n";
  EXPECT_EQ(find_drivers(lines, "one-two"), (Names{"a", "b c", "d"}));
  EXPECT_EQ(find_drivers(lines, "one_two"), (Names{"a", "b c", "d"}));
  EXPECT_EQ(find_drivers(lines, "one"), Names{"c"});
  for (const char* module : {"", "a", "two", "one-tw", "one-two-", "c=one"})
    EXPECT_EQ(find_drivers(lines, module), Names{}) << module;
  EXPECT_EQ(find_drivers("", ""), Names{});
}

TEST(FindDrivers, TurnsTheTableRound) {
  for (const char* bus : buses)
    for (const std::string_view line : lines_of(driver_table(bus))) {
      const auto drivers = find_drivers(driver_table(bus), line.substr(line.find('=') + 1));
      EXPECT_EQ(std::count(drivers.begin(), drivers.end(), driver_in(line)), 1) << line;
    }
}

TEST(DriverTable, IsWellFormedAndInTheOrderThatTheSearchNeeds) {
  for (const char* bus : buses) {
    const std::string_view text = driver_table(bus);
    EXPECT_TRUE(text.empty() || text.back() == '\n') << bus;
    std::string_view before;
    for (const std::string_view line : lines_of(text)) {
      EXPECT_EQ(std::count(line.begin(), line.end(), '='), 1) << line;
      EXPECT_GT(driver_in(line), before) << line;
      before = driver_in(line);
    }
  }
}

TEST(DriverTable, HoldsOnlyModulesThatAreCalledOtherwise) {
  for (const char* bus : buses)
    for (const std::string_view line : lines_of(driver_table(bus))) {
      const std::string_view module = line.substr(line.find('=') + 1);
      EXPECT_NE(plain(driver_in(line)), plain(module)) << line;
      // The image builders' hooks take no other names.
      EXPECT_TRUE(std::all_of(module.begin(), module.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-';
      })) << line;
    }
}

TEST(DriverTable, EveryLineIsFound) {
  for (const char* bus : buses)
    for (const std::string_view line : lines_of(driver_table(bus)))
      EXPECT_EQ(find_module(driver_table(bus), driver_in(line)), line.substr(line.find('=') + 1));
}

TEST(DriverTable, KnowsTheDriversThatPeopleNameMost) {
  EXPECT_EQ(module_of("pci", "xhci_hcd", ""), "xhci-pci");
  EXPECT_EQ(module_of("pci", "serial", ""), "8250_pci");
  EXPECT_EQ(module_of("pci", "i801_smbus", ""), "i2c-i801");
  EXPECT_EQ(module_of("pci", "sof-audio-pci-intel-tgl", ""), "snd-sof-pci-intel-tgl");
  EXPECT_EQ(module_of("pci", "gvnic", ""), "gve");
  EXPECT_EQ(module_of("pci", "pciback", ""), "xen-pciback");
  EXPECT_EQ(module_of("vmbus", "hv_pci", ""), "pci-hyperv");
  EXPECT_EQ(module_of("css", "eadm_subchannel", ""), "eadm_sch");
}

TEST(ModuleOf, IsTheDriverWhereTheTableKnowsNothing) {
  EXPECT_EQ(module_of("pci", "vfio-pci", ""), "vfio-pci");
  EXPECT_EQ(module_of("pci", "no-such-driver", ""), "no-such-driver");
  EXPECT_EQ(module_of("no-such-bus", "xhci_hcd", ""), "xhci_hcd");
}

TEST(ModuleOf, AsksForTheBus) {
  EXPECT_EQ(module_of("spi", "xhci_hcd", ""), "xhci_hcd");
}

TEST(ModuleOf, TheRuleOutweighsTheTable) {
  EXPECT_EQ(module_of("pci", "xhci_hcd", "my_xhci"), "my_xhci");
  EXPECT_EQ(module_of("pci", "vfio-pci", "vfio"), "vfio");
}

std::vector<std::string> modules_for(std::string_view rules) {
  return modules_of(parse_rules(rules, 0).rules);
}

TEST(ModulesOf, EachOnceAndSorted) {
  EXPECT_EQ(modules_for("pci,00:14.0=xhci_hcd;pci,00:15.0=xhci_hcd;platform,a=xhci-hcd"),
            (std::vector<std::string>{"xhci-hcd", "xhci-pci"}));
}

TEST(ModulesOf, NoneForNoDriverAndForABadRule) {
  EXPECT_EQ(modules_for("pci,00:14.0=none;pci,00:15.0=;pci,00:16.0=xhci_hcd,bad"),
            std::vector<std::string>{});
}

}  // namespace
}  // namespace driver_override
