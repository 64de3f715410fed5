// SPDX-License-Identifier: LGPL-2.1-or-later
// The index leaves out no pattern that names the device, and few that do not.
#include "hook/rule_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "hook/match.hpp"
#include "parser/rule_parser.hpp"

namespace driver_override {
namespace {

std::vector<DevicePattern> patterns_of(const std::string& bus, const std::string& devices) {
  const ParsedRules parsed = parse_rules(bus + "," + devices + "=x", 0);
  EXPECT_FALSE(parsed.rules.at(0).bad) << devices;
  return parsed.rules.at(0).devices;
}

RuleIndex index_of(const std::vector<DevicePattern>& patterns) {
  RuleIndex index;
  for (std::size_t number = 0; number < patterns.size(); ++number)
    index.add(patterns[number], number);
  return index;
}

using Numbers = RuleIndex::Numbers;

TEST(RuleIndex, ADeviceHasTheRulesOfItsSlotItsBusAndOfAll) {
  const RuleIndex index = index_of(patterns_of(
      "pci", "02:00.0,02:00,02:01.0,02:*.*,03:*.*,*:*:00.0,0001:02:00.0,00:01.0/00.0,pci:8086:*"));
  EXPECT_EQ(index.candidates(Device({"pci", "0000:02:00.0"})), (Numbers{0, 1, 3, 5, 6, 7, 8}));
  EXPECT_EQ(index.candidates(Device({"pci", "0000:03:1f.7"})), (Numbers{4, 5, 7, 8}));
  EXPECT_EQ(index.candidates(Device({"pci", "no address"})), (Numbers{5, 7, 8}));
}

TEST(RuleIndex, AFullNameIsFoundByIt) {
  const RuleIndex index = index_of(patterns_of("platform", "a,b,serial*,a"));
  EXPECT_EQ(index.candidates(Device({"platform", "a"})), (Numbers{0, 2, 3}));
  EXPECT_EQ(index.candidates(Device({"platform", "c"})), (Numbers{2}));
}

TEST(RuleIndex, ARuleWithManyPartsIsFoundOnce) {
  RuleIndex index;
  for (const DevicePattern& pattern : patterns_of("pci", "02:00.0,02:00.*,02:*.*,*:*.*"))
    index.add(pattern, 7);
  index.add_to_all(7);
  EXPECT_EQ(index.candidates(Device({"pci", "0000:02:00.0"})), (Numbers{7}));
}

TEST(RuleIndex, NothingThatNamesADeviceIsLeftOut) {
  const std::vector<DevicePattern> patterns =
      patterns_of("pci",
                  "02:00.0,0-3:0-3.0-3,*:02:00.*,0002:02:00.0,2:0,?2:0?.0,02:1f.7,10002:02:00.0,"
                  "*:0?:*.*,02:00-1f.*,ff:1f.7");
  const RuleIndex index = index_of(patterns);
  std::size_t named = 0;
  for (const char* domain : {"0000", "0002", "10002"})
    for (const char* bus : {"00", "02", "12", "ff"})
      for (const char* slot : {"00.0", "01.1", "1f.7"}) {
        const Device device({"pci", std::string(domain) + ":" + bus + ":" + slot});
        const Numbers found = index.candidates(device);
        EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
        for (std::size_t number = 0; number < patterns.size(); ++number) {
          if (!names(patterns[number], device)) continue;
          ++named;
          EXPECT_TRUE(std::binary_search(found.begin(), found.end(), number))
              << device.id.name << ", " << patterns[number].text;
        }
      }
  EXPECT_GT(named, 20U);
}

}  // namespace
}  // namespace driver_override
