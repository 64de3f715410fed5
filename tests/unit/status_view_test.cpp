// SPDX-License-Identifier: LGPL-2.1-or-later
// What a device's state is called, from the plan, what sysfs shows and what was recorded.
#include "tool/view/status_view.hpp"

#include <gtest/gtest.h>

#include "parser/rule_parser.hpp"

namespace driver_override {
namespace {

class StatusViewTest : public testing::Test {
 protected:
  /// A device of which the driver and the override are known.
  void device(const std::string& slot, std::optional<std::string> driver,
              std::string override_name = {}) {
    const DeviceId id = {"pci", "0000:00:" + slot};
    devices_.emplace_back(id);
    devices_.back().pci_class = 0x020000;
    devices_.back().driver = std::move(driver);
    observed_.overrides[id] = {std::move(override_name), false};
  }
  void busy(const std::string& slot) {
    observed_.overrides[{"pci", "0000:00:" + slot}].busy = true;
  }
  void claim(const std::string& slot, ClaimState state, const std::string& reason = {},
             const std::string& rule = "pci,00:11.0=a") {
    observed_.claims.push_back({{"pci", "0000:00:" + slot}, state, 1, "a", rule, reason, false});
  }
  std::vector<StatusRow> rows(std::string_view text = "pci,00:11.0=a") {
    const std::vector<Rule> rules = parse_rules(text, 0).rules;
    return view_status(make_plan(rules, {devices_, {}}), rules, observed_);
  }
  /// "STATE: DETAIL" of the only row, with an exclamation mark if somebody has to look at it.
  std::string only(std::string_view text = "pci,00:11.0=a") {
    const auto all = rows(text);
    if (all.size() != 1) return std::to_string(all.size()) + " rows";
    return (is_as_wanted(all[0]) ? "" : "!") + status_name(all[0].status) +
           (all[0].reason.empty() ? "" : ": " + all[0].reason);
  }

  std::vector<Device> devices_;
  Observed observed_;
};

TEST_F(StatusViewTest, OkIsTheWantedDriverWhateverWasRecorded) {
  device("11.0", "a", "a");
  EXPECT_EQ(only(), "ok");
  claim("11.0", ClaimState::failed, "x");
  EXPECT_EQ(only(), "ok");
}

TEST_F(StatusViewTest, ForNoneOkIsNoDriver) {
  device("11.0", std::nullopt, "none");
  EXPECT_EQ(only("pci,00:11.0=none"), "ok");
}

TEST_F(StatusViewTest, ForNoneADriverIsAnother) {
  device("11.0", "b", "none");
  claim("11.0", ClaimState::done);
  EXPECT_EQ(only("pci,00:11.0=none"), "!other-driver: \"b\" has it now");
}

TEST_F(StatusViewTest, AnExemptionIsOkWhoeverHasIt) {
  device("11.0", "b");
  EXPECT_EQ(only("pci,00:11.0="), "ok");
  EXPECT_EQ(rows("pci,00:11.0=")[0].wanted, "");
}

TEST_F(StatusViewTest, WaitingIsLeftToTheRealRoot) {
  device("11.0", std::nullopt, "a");
  claim("11.0", ClaimState::waiting, "the driver is not there");
  EXPECT_EQ(only(), "!waiting: the driver is not there");
}

TEST_F(StatusViewTest, WhoeverHasAWaitingDeviceIsAnother) {
  device("11.0", "b", "a");
  claim("11.0", ClaimState::waiting, "the driver is not there");
  EXPECT_EQ(only(), "!other-driver: \"b\" has it: the driver is not there");
}

TEST_F(StatusViewTest, WithoutARecordNoRuleWasApplied) {
  device("11.0", "b");
  EXPECT_EQ(only(), "!other-driver: \"b\" has it, and no rule was applied to it in this boot");
  devices_[0].driver.reset();
  EXPECT_EQ(only(), "!failed: no driver has it, and no rule was applied to it in this boot");
}

TEST_F(StatusViewTest, FailedSaysWhy) {
  device("11.0", std::nullopt, "a");
  for (const ClaimState state : {ClaimState::failed, ClaimState::unfinished}) {
    observed_.claims.clear();
    claim("11.0", state, "why");
    EXPECT_EQ(only(), "!failed: why");
  }
  observed_.claims.clear();
  claim("11.0", ClaimState::pending);
  EXPECT_EQ(only(), "!failed: no driver has it: what was begun with it was interrupted");
  observed_.claims.clear();
  claim("11.0", ClaimState::unreadable);
  EXPECT_EQ(only(), "!failed: no driver has it, and the record of it cannot be read");
}

TEST_F(StatusViewTest, ADoneDeviceThatLostItsDriver) {
  device("11.0", std::nullopt, "a");
  claim("11.0", ClaimState::done);
  EXPECT_EQ(only(), "!failed: no driver has it now");
  devices_[0].driver = "b";
  EXPECT_EQ(only(), "!other-driver: \"b\" has it now");
}

TEST_F(StatusViewTest, ClearedIsADoneDeviceWithoutItsOverride) {
  device("11.0", "b");
  claim("11.0", ClaimState::done);
  EXPECT_EQ(only(), "cleared: \"b\" has it: its override has been cleared since");
}

TEST_F(StatusViewTest, ClearedByHandIsClearedWhateverItsOverride) {
  device("11.0", "b", "c");
  claim("11.0", ClaimState::cleared);
  EXPECT_EQ(only(), "cleared: \"b\" has it: it was cleared in this boot");
}

TEST_F(StatusViewTest, SkippedIsAsWantedUnlessItIsAFault) {
  device("11.0", "b");
  devices_[0].pci_class = 0x060400;
  EXPECT_EQ(only("pci,00:1?.0=a"), "skipped: a pattern takes no bridge from its driver");
  devices_[0].ids = PciIds{1, 2, 0, 0};
  EXPECT_EQ(only("pci,00:11.0=a,id=1:3"),
            "!skipped: the rule wants 1:3 there, and it is 0001:0002");
}

TEST_F(StatusViewTest, LeftAloneIsSkipped) {
  device("11.0", "b", "c");
  claim("11.0", ClaimState::left_alone, "its override is \"c\" already");
  EXPECT_EQ(only(), "skipped: its override is \"c\" already");
}

TEST_F(StatusViewTest, UnderABadRuleADeviceIsSkipped) {
  device("11.0", "b");
  EXPECT_EQ(only("pci,00:11.0==a"), "skipped: the rule that names it could not be read");
}

TEST_F(StatusViewTest, BusyIsWhatDoesNotAnswer) {
  device("11.0", "a");
  busy("11.0");
  EXPECT_EQ(only(), "!busy: the kernel does not answer; a driver hangs");
  claim("11.0", ClaimState::unfinished, "probing did not end within 10 s");
  EXPECT_EQ(only(), "!busy: probing did not end within 10 s");
}

TEST_F(StatusViewTest, GoneIsAClaimWithoutADevice) {
  claim("11.0", ClaimState::done);
  EXPECT_EQ(only(), "!gone: the device has gone");
  EXPECT_EQ(rows()[0].wanted, "a");
  EXPECT_EQ(only("pci,00:11.0=b"), "0 rows");  // the claim of a rule that is no more
}

TEST_F(StatusViewTest, GoneIsADoneDeviceThatWasFoundAgain) {
  device("11.0", "b");
  claim("11.0", ClaimState::done);
  observed_.incarnations[devices_[0].id] = 2;
  EXPECT_EQ(only(),
            "!gone: the device that was taken has gone, and the one that is there now is left "
            "alone: the rule is not sticky");
  observed_.incarnations[devices_[0].id] = 1;
  EXPECT_EQ(only(), "cleared: \"b\" has it: its override has been cleared since");
}

TEST_F(StatusViewTest, LateIsWhatTheClaimSays) {
  device("11.0", "a", "a");
  claim("11.0", ClaimState::done);
  EXPECT_FALSE(rows()[0].late);
  observed_.claims[0].late = true;
  EXPECT_TRUE(rows()[0].late);
}

TEST_F(StatusViewTest, RowsStandByRuleAndThenByDevice) {
  device("11.0", "a");
  device("12.0", "b");
  device("13.0", "a");
  claim("10.0", ClaimState::done, {}, "pci,00:1[0-3].0=b");
  claim("09.0", ClaimState::done, {}, "pci,00:*.0=a");
  const auto all = rows("pci,00:*.0=a;pci,00:12.0=b");
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].device.name, "0000:00:09.0");
  EXPECT_EQ(all[1].device.name, "0000:00:11.0");
  EXPECT_EQ(all[2].device.name, "0000:00:13.0");
  EXPECT_EQ(all[3].rule, 1U);
  EXPECT_EQ(all[3].device.name, "0000:00:12.0");
}

TEST_F(StatusViewTest, EachStandingHasItsName) {
  const std::vector<std::string> names = {"ok",      "waiting", "other-driver", "failed",
                                          "skipped", "cleared", "gone",         "busy"};
  for (std::size_t i = 0; i < names.size(); ++i)
    EXPECT_EQ(status_name(static_cast<DeviceStatus>(i)), names[i]);
}

}  // namespace
}  // namespace driver_override
