// SPDX-License-Identifier: LGPL-2.1-or-later
// The plan without a file system: which rule decides a device, and what no rule may take.
#include "hook/plan.hpp"

#include <gtest/gtest.h>

#include "parser/rule_parser.hpp"

namespace driver_override {
namespace {

Device pci(const std::string& slot, std::uint32_t pci_class = 0x020000) {
  return {{"pci", "0000:00:" + slot}, pci_class, "e1000", std::nullopt, std::nullopt, {}};
}

Device platform(const std::string& name, std::optional<std::string> driver = std::nullopt) {
  return {{"platform", name}, std::nullopt, std::move(driver), std::nullopt, std::nullopt, {}};
}

Plan plan_for(std::string_view rules, std::vector<Device> devices) {
  return make_plan(parse_rules(rules, 0).rules, {std::move(devices), {}});
}

/// "name=driver" for each action.
std::vector<std::string> actions(const Plan& plan) {
  std::vector<std::string> texts;
  for (const Action& action : plan.actions)
    texts.push_back(action.device.id.name.substr(action.device.id.name.rfind(':') + 1) + "=" +
                    action.driver);
  return texts;
}

std::string only_reason(const Plan& plan) {
  EXPECT_EQ(plan.skips.size(), 1U);
  return plan.skips.empty() ? "" : plan.skips[0].reason;
}

using Texts = std::vector<std::string>;

TEST(Plan, TheLastRuleDecides) {
  EXPECT_EQ(actions(plan_for("pci,00:*.0=a;pci,00:11.0=b", {pci("10.0"), pci("11.0")})),
            (Texts{"10.0=a", "11.0=b"}));
  EXPECT_EQ(actions(plan_for("pci,00:11.0=b;pci,00:*.0=a", {pci("11.0")})), (Texts{"11.0=a"}));
}

TEST(Plan, AnEmptyDriverExempts) {
  const Plan plan = plan_for("pci,00:1?.0=a;pci,00:12.0=", {pci("11.0"), pci("12.0")});
  EXPECT_EQ(actions(plan), (Texts{"11.0=a"}));
  EXPECT_EQ(only_reason(plan), "a rule exempts it");
}

TEST(Plan, AWildcardTakesNoBridgeAndNoStorage) {
  const std::vector<Device> devices = {pci("10.0"), pci("11.0", 0x060400), pci("12.0", 0x010802)};
  EXPECT_EQ(actions(plan_for("pci,00:1?.0=a", devices)), (Texts{"10.0=a"}));
  EXPECT_EQ(actions(plan_for("pci,00:10-12.0=a", devices)).size(), 3U);
  EXPECT_EQ(actions(plan_for("pci,00:11=a;pci,00:12.0=a", devices)).size(), 2U);
}

TEST(Plan, AWildcardTakesNothingOfUnknownClass) {
  Device device = pci("10.0");
  device.pci_class.reset();
  EXPECT_EQ(only_reason(plan_for("pci,00:1?.0=a", {device})),
            "a wildcard takes no device whose class cannot be read");
  EXPECT_EQ(actions(plan_for("pci,00:10.0=a", {device})).size(), 1U);
}

TEST(Plan, AWildcardThatMayNotTakeADeviceLeavesItToAnEarlierRule) {
  EXPECT_EQ(actions(plan_for("pci,00:12.0=a;pci,00:*.*=b", {pci("12.0", 0x010000)})),
            (Texts{"12.0=a"}));
}

TEST(Plan, OnOtherBusesAWildcardTakesOnlyFreeDevices) {
  const std::vector<Device> devices = {platform("x.0"), platform("x.1", "busy"),
                                       platform("x.2", "a")};
  EXPECT_EQ(actions(plan_for("platform,x.*=a", devices)), (Texts{"x.0=a", "x.2=a"}));
  EXPECT_EQ(actions(plan_for("platform,x.1=a", devices)), (Texts{"x.1=a"}));
}

TEST(Plan, ABadRuleLeavesItsDevicesAlone) {
  const Plan plan = plan_for("pci,00:*.0=a;pci,00:11.0==b", {pci("10.0"), pci("11.0")});
  EXPECT_EQ(actions(plan), (Texts{"10.0=a"}));
  EXPECT_EQ(only_reason(plan), "the rule that names it could not be read");
}

TEST(Plan, ALaterRuleOverrulesABadOne) {
  EXPECT_EQ(actions(plan_for("pci,00:11.0==b;pci,00:11.0=c", {pci("11.0")})), (Texts{"11.0=c"}));
}

TEST(Plan, AnUnreadableExceptionHoldsEarlierWildcardsOfItsBus) {
  const std::vector<Device> devices = {pci("10.0"), pci("11.0"), platform("x")};
  const Plan plan = plan_for("pci,00:*.0=a;pci,00:10.0=b;platform,*=p;pci,00:zz.0=", devices);
  EXPECT_EQ(actions(plan), (Texts{"10.0=b", "x=p"}));
  EXPECT_EQ(only_reason(plan),
            "a later rule that could not be read may exempt it: \"pci,00:zz.0=\"");
}

TEST(Plan, AnUnreadableBusHoldsEarlierWildcardsOfEveryBus) {
  const std::vector<Device> devices = {pci("10.0"), platform("x"), platform("y")};
  const Plan plan = plan_for("pci,00:*.0=a;platform,?=p;platform,y=q;00:10.0=", devices);
  EXPECT_EQ(actions(plan), (Texts{"y=q"}));
  EXPECT_EQ(plan.skips.size(), 2U);
}

TEST(Plan, AWildcardBehindABadRuleStands) {
  EXPECT_EQ(actions(plan_for("pci,00:zz.0=;pci,00:*.0=a", {pci("10.0")})), (Texts{"10.0=a"}));
}

TEST(Plan, RulesThatNameNothingAreReported) {
  const Plan plan =
      make_plan(parse_rules("pci,00:10.0=a;pci,00:77.0=x;pci,00:1f.0=b;foo,x=y", 0).rules,
                {{pci("10.0")}, {"foo"}});
  ASSERT_EQ(plan.unmatched.size(), 2U);
  EXPECT_EQ(plan.unmatched[0].rule, 2U);  // the second is bad: 77 is above 1f
  EXPECT_FALSE(plan.unmatched[0].bus_is_absent);
  EXPECT_TRUE(plan.unmatched[1].bus_is_absent);
}

/// Two cards of two functions each behind bridges.
std::vector<Device> cards() {
  const auto card = [](const std::string& name, const std::string& bridge, std::uint16_t model,
                       std::uint16_t first) {
    Device device = pci("00.0", 0x030000);
    device.id.name = name;
    device.chain = {bridge, name};
    device.ids = PciIds{0x10de, model, 0x1458, 0x403b};
    device.slot_ids = PciIds{0x10de, first, 0x1458, 0x403b};
    return device;
  };
  return {card("0000:01:00.0", "0000:00:01.0", 0x2204, 0x2204),
          card("0000:01:00.1", "0000:00:01.0", 0x1aef, 0x2204),
          card("0000:02:00.0", "0000:00:02.0", 0x2204, 0x2204)};
}

TEST(Plan, APathWalksDownThroughBridges) {
  EXPECT_EQ(actions(plan_for("pci,0000:00:02.0/00.0=a", cards())), (Texts{"00.0=a"}));
  EXPECT_EQ(actions(plan_for("pci,00:01.0/00=a", cards())), (Texts{"00.0=a", "00.1=a"}));
  EXPECT_EQ(actions(plan_for("pci,00:0?.0/00.*=a", cards())).size(), 3U);
  EXPECT_TRUE(plan_for("pci,00:01.0/00.0/00.0=a", cards()).actions.empty());
}

TEST(Plan, IdsSelect) {
  EXPECT_EQ(actions(plan_for("pci,pci:10de:2204=a", cards())), (Texts{"00.0=a", "00.0=a"}));
  EXPECT_EQ(actions(plan_for("pci,pci:10de:*:1458:0=a", cards())).size(), 3U);
  EXPECT_TRUE(plan_for("pci,pci:10de:2204:1459:403b=a", cards()).actions.empty());
}

TEST(Plan, AGuardComparesTheDeviceOrTheSlot) {
  EXPECT_EQ(actions(plan_for("pci,01:00=a,id=10de:2204", cards())), (Texts{"00.0=a", "00.1=a"}));
  const Plan plan = plan_for("pci,01:00.1=a,id=10de:2204", cards());
  EXPECT_TRUE(plan.actions.empty());
  EXPECT_EQ(only_reason(plan), "the rule wants 10de:2204 there, and it is 10de:1aef");
  EXPECT_TRUE(plan.skips[0].refused);
}

TEST(Plan, AFailedGuardDoesNotFallBackToAnEarlierRule) {
  EXPECT_TRUE(plan_for("pci,01:00.0=a;pci,01:00.0=b,id=10de:1", cards()).actions.empty());
}

TEST(Plan, AGuardOnAWildcardIsAFilter) {
  EXPECT_EQ(actions(plan_for("pci,02:00.0=a;pci,*:*.*=b,id=10de:1aef", cards())),
            (Texts{"00.1=b", "00.0=a"}));
}

TEST(Plan, AClassFiltersAndLiftsTheBanOnWildcards) {
  std::vector<Device> devices = {pci("10.0"), pci("11.0", 0x060400), pci("12.0", 0x010802)};
  devices[1].driver.reset();
  EXPECT_EQ(actions(plan_for("pci,00:*.0=a,class=0108", devices)), (Texts{"12.0=a"}));
  EXPECT_EQ(actions(plan_for("pci,00:*.0=a,class=06", devices)), (Texts{"11.0=a"}));
  EXPECT_EQ(actions(plan_for("pci,00:10.0=a;pci,00:10.0=b,class=03", devices)), (Texts{"10.0=a"}));
}

TEST(Plan, NoWildcardTakesABridgeFromItsDriver) {
  const Device bridge = pci("11.0", 0x060400);
  const std::string refusal = "a wildcard takes no bridge from its driver";
  EXPECT_EQ(only_reason(plan_for("pci,00:*.0=a,class=06", {bridge})), refusal);
  EXPECT_EQ(only_reason(plan_for("pci,00:1?.0=none,class=060400", {bridge})), refusal);
  EXPECT_EQ(actions(plan_for("pci,00:*.0=e1000,class=06", {bridge})), (Texts{"11.0=e1000"}));
  EXPECT_EQ(actions(plan_for("pci,00:10-12.0=a,class=06", {bridge})), (Texts{"11.0=a"}));
  EXPECT_EQ(actions(plan_for("pci,00:11.0=a", {bridge})), (Texts{"11.0=a"}));
}

TEST(Plan, NorebindLeavesADriverItsDevice) {
  Device free = pci("11.0");
  free.driver.reset();
  const Plan plan = plan_for("pci,00:10-11.0=a,norebind", {pci("10.0"), free});
  EXPECT_EQ(actions(plan), (Texts{"11.0=a"}));
  EXPECT_EQ(only_reason(plan), "the rule says norebind, and \"e1000\" has it");
  EXPECT_EQ(actions(plan_for("pci,00:10.0=e1000,norebind", {pci("10.0")})), (Texts{"10.0=e1000"}));
}

TEST(Plan, ADeviceOnAnotherBusIsNeverTaken) {
  EXPECT_TRUE(plan_for("platform,0000:00:10.0=a", {pci("10.0")}).actions.empty());
}

}  // namespace
}  // namespace driver_override
