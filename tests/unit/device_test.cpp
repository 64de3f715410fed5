// SPDX-License-Identifier: LGPL-2.1-or-later
// Devices as they are named in messages and in rules.
#include "hook/device.hpp"

#include <gtest/gtest.h>

namespace driver_override {
namespace {

TEST(RuleName, OfAnAddressIsTheAddress) {
  EXPECT_EQ(rule_name_of_device({"pci", "0000:02:1f.7"}), "pci,0000:02:1f.7");
  EXPECT_EQ(rule_name_of_device({"pci", "10000:e1:00.0"}), "pci,10000:e1:00.0");
}

TEST(RuleName, HoldsNoByteThatARuleReadsOtherwise) {
  EXPECT_EQ(rule_name_of_device({"platform", "qcom,smem"}), "platform,qcom%2csmem");
  EXPECT_EQ(rule_name_of_device({"pci", "00:01.0\x1b[m\n,x=y;"}),
            "pci,00:01.0%1b%5bm%0a%2cx%3dy%3b");
}

}  // namespace
}  // namespace driver_override
