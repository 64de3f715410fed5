// SPDX-License-Identifier: LGPL-2.1-or-later
// Which devices a process may touch after the early hook, and what earlier runs have left on them.
#include "hook/late_claims.hpp"

#include "parser/rule_parser.hpp"
#include "tests/unit/device_root.hpp"

namespace driver_override {
namespace {

class LateClaimsTest : public DeviceRoot {
 protected:
  void SetUp() override {
    device("pci", path_);
    configuration_.rules = parse_rules("pci,00:10.0=vfio-pci,sticky", 0).rules;
  }
  /// Another device of that name; the old one's inode stays in use.
  void replace_device() {
    std::filesystem::rename(base_ / "sys/devices" / path_, base_ / "sys/devices/old");
    folder("sys/devices/" + path_);
  }
  bool admit() {
    const Root root(base_);
    return LateClaims(root, configuration_, Log(root, false)).admit(action_);
  }
  /// What the plan learns from a claim of that state.
  Action recalled(ClaimState state) {
    const Root root(base_);
    const Claims claims(root);
    std::error_code error;
    claims.record(
        {action_.device.id, state, incarnation(root, action_.device.id), "pci-stub", {}, {}, true},
        error);
    EXPECT_FALSE(error) << error.message();
    Plan plan;
    plan.actions.push_back(action_);
    recall_late_claims(root, plan);
    return plan.actions.at(0);
  }

  std::string path_ = "pci0000:00/0000:00:10.0";
  Configuration configuration_;
  Action action_ = {Device({"pci", "0000:00:10.0"}), "vfio-pci"};
};

TEST_F(LateClaimsTest, OfTwoProcessesOneMayTouchEachDevice) {
  EXPECT_TRUE(admit());
  EXPECT_FALSE(admit());
  replace_device();
  EXPECT_TRUE(admit());
  EXPECT_FALSE(admit());
}

TEST_F(LateClaimsTest, OnlyWhatWasWrittenAndNotGivenBackIsOurs) {
  EXPECT_EQ(recalled(ClaimState::done).our_override, "pci-stub");
  EXPECT_EQ(recalled(ClaimState::failed).our_override, "pci-stub");
  EXPECT_EQ(recalled(ClaimState::cleared).our_override, "");
  EXPECT_EQ(recalled(ClaimState::left_alone).our_override, "");
  EXPECT_FALSE(recalled(ClaimState::done).unverified);
  EXPECT_TRUE(recalled(ClaimState::pending).unverified);
}

TEST_F(LateClaimsTest, OneWithoutAClaimHidesNoneBehindIt) {
  (void)recalled(ClaimState::done);
  Plan plan;
  plan.actions = {{Device({"pci", "0000:00:01.0"}), "vfio-pci"}, action_};
  recall_late_claims(Root(base_), plan);
  EXPECT_EQ(plan.actions.at(0).our_override, "");
  EXPECT_EQ(plan.actions.at(1).our_override, "pci-stub");
}

TEST_F(LateClaimsTest, AnotherDeviceOfThatNameHasNothingOfOurs) {
  ASSERT_EQ(recalled(ClaimState::done).our_override, "pci-stub");
  replace_device();
  Plan plan;
  plan.actions.push_back(action_);
  const Root root(base_);
  recall_late_claims(root, plan);
  EXPECT_EQ(plan.actions.at(0).our_override, "");
}

}  // namespace
}  // namespace driver_override
