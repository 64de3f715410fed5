// SPDX-License-Identifier: LGPL-2.1-or-later
// The plan without a file system: which rule decides a device, and what no rule may take.
#include "hook/plan.hpp"

#include <gtest/gtest.h>

#include "hook/plan_review.hpp"
#include "parser/rule_parser.hpp"

namespace driver_override {
namespace {

Device pci(const std::string& slot, std::uint32_t pci_class = 0x020000) {
  Device device({"pci", "0000:00:" + slot});
  device.pci_class = pci_class;
  device.driver = "e1000";
  return device;
}

Device platform(const std::string& name, std::optional<std::string> driver = std::nullopt) {
  Device device({"platform", name});
  device.driver = std::move(driver);
  return device;
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

TEST(Plan, AnExemptionOnAMisspeltBusHoldsPatternsBack) {
  const auto planned = [](const std::string& exemption) {
    Inventory inventory{{pci("12.1"), pci("13.0")}, {}};
    inventory.absent_buses = {"PCI", "pc", "pcie", "css", "pci_x"};
    return make_plan(parse_rules("pci,00:*.*=a;pci,00:13.0=b;" + exemption, 0).rules, inventory);
  };
  for (const char* exemption : {"PCI,00:12.1=", "pc,00:12.1=", "pcie,00:12.1="}) {
    const Plan plan = planned(exemption);
    EXPECT_EQ(actions(plan), std::vector<std::string>{"13.0=b"}) << exemption;
    EXPECT_EQ(plan.skips.at(0).reason,
              "a later rule for a bus that does not exist may exempt it: \"" +
                  std::string(exemption) + "\"");
  }
  for (const char* other : {"css,0.0.1234=", "PCI,00:12.1=b", "pci_x,00:12.1="})
    EXPECT_EQ(actions(planned(other)).size(), 2U) << other;
}

TEST(Plan, AnEmptyDriverExempts) {
  const Plan plan = plan_for("pci,00:1?.0=a;pci,00:12.0=", {pci("11.0"), pci("12.0")});
  EXPECT_EQ(actions(plan), (Texts{"11.0=a"}));
  EXPECT_EQ(only_reason(plan), "a rule exempts it");
}

TEST(Plan, APatternTakesNoBridgeAndNoStorage) {
  const std::vector<Device> devices = {pci("10.0"), pci("11.0", 0x060400), pci("12.0", 0x010802)};
  EXPECT_EQ(actions(plan_for("pci,00:1?.0=a", devices)), (Texts{"10.0=a"}));
  EXPECT_EQ(actions(plan_for("pci,00:10-12.0=a", devices)), (Texts{"10.0=a"}));
  EXPECT_EQ(actions(plan_for("pci,00:11=a;pci,00:12.0=a", devices)), (Texts{"11.0=a", "12.0=a"}));
}

/// Wherever it stands among the rule's parts.
TEST(Plan, TheStrongestPartOfARuleCounts) {
  const Device bridge = pci("10.0", 0x060400);
  EXPECT_EQ(actions(plan_for("pci,*:*:*.*,00:10.0=a", {bridge})), (Texts{"10.0=a"}));
  EXPECT_EQ(actions(plan_for("pci,00:10.0,*:*:*.*=a", {bridge})), (Texts{"10.0=a"}));
  EXPECT_TRUE(plan_for("pci,*:*:*.*,00:10.0=a", {bridge}).actions.at(0).spelled_out);
  // A bad rule holds back the slot, and not the exact name.
  EXPECT_EQ(actions(plan_for("pci,00:10,00:10.0=a;pci,00:1z.0=", {bridge})), (Texts{"10.0=a"}));
  EXPECT_EQ(actions(plan_for("pci,00:10.0,00:10=a;pci,00:1z.0=", {bridge})), (Texts{"10.0=a"}));
  EXPECT_EQ(actions(plan_for("pci,00:10,00:1?.0=a;pci,00:1z.0=", {bridge})), Texts{});
}

TEST(Plan, ABusThatCannotBeListedIsSaid) {
  Inventory inventory;
  inventory.unlisted_buses["pci"] = "Too many open files";
  const std::vector<Rule> rules = parse_rules("pci,00:1?.0=a;spi,a=b", 0).rules;
  inventory.absent_buses.insert("spi");
  Inventory partly = inventory;
  partly.devices = {pci("10.0")};
  const Plan plan = make_plan(rules, inventory);
  ASSERT_EQ(plan.unmatched.size(), 2U);
  EXPECT_EQ(to_text(plan.unmatched[0], rules[0]),
            "no device matches \"pci,00:1?.0=a\": its bus cannot be listed: Too many open files");
  EXPECT_EQ(to_text(plan.unmatched[1], rules[1]),
            "no device matches \"spi,a=b\": there is no bus \"spi\"");
  const std::vector<Rule> list = parse_rules("pci,00:10.0,00:11=a", 0).rules;
  EXPECT_EQ(to_text(make_plan(list, partly).unmatched.at(0), list[0]),
            "no device matches \"00:11\" in \"pci,00:10.0,00:11=a\": its bus cannot be listed: Too "
            "many open files");
  EXPECT_EQ(to_text(Plan::Unmatched{}, rules[0]), "no device matches \"pci,00:1?.0=a\"");
}

TEST(Plan, OfTwoPatternsThatRefuseTheLastSaysWhy) {
  Device card = pci("10.0", 0x060400);
  card.ids = PciIds{0x8086, 0x100e, 0, 0};
  EXPECT_EQ(only_reason(plan_for("pci,00:1?.0=a;pci,00:*.0=b,id=10de:1e87", {card})),
            "the rule wants 10de:1e87 there, and it is 8086:100e");
}

TEST(Plan, IdsTakeNoBridgeAndNoStorage) {
  Device disk = pci("12.0", 0x010802);
  disk.ids = PciIds{0x144d, 0xa808, 0, 0};
  EXPECT_EQ(only_reason(plan_for("pci,pci:144d:a808=a", {disk})),
            "a pattern takes what may hold the root file system only with class=0108");
  EXPECT_EQ(actions(plan_for("pci,pci:144d:a808=a,class=0108", {disk})), (Texts{"12.0=a"}));
}

TEST(Plan, WhatMayHoldTheRootIsNamedWithItsClass) {
  for (const auto& [pci_class, option] : std::vector<std::pair<std::uint32_t, std::string>>{
           {0x010601, "0106"}, {0x01ffff, "01ff"}, {0x080501, "0805"}, {0x0c0400, "0c04"}}) {
    const Device device = pci("12.0", pci_class);
    EXPECT_TRUE(may_device_hold_the_root(device));
    EXPECT_EQ(only_reason(plan_for("pci,00:10-13.0=a", {device})),
              "a pattern takes what may hold the root file system only with class=" + option);
    EXPECT_EQ(actions(plan_for("pci,00:*.*=a,class=" + option, {device})), (Texts{"12.0=a"}));
    EXPECT_EQ(actions(plan_for("pci,00:12=a", {device})), (Texts{"12.0=a"}));
  }
  for (const std::uint32_t other :
       {0x020000U, 0x080000U, 0x080600U, 0x0c0300U, 0x0c0500U, 0x020108U})
    EXPECT_FALSE(may_device_hold_the_root(pci("12.0", other))) << other;
  Device bridge = pci("12.0", 0x060100);
  bridge.driver.reset();
  EXPECT_EQ(only_reason(plan_for("pci,00:1?.0=a", {bridge})),
            "a pattern takes a bridge only with class=0601");
}

TEST(Plan, OnVmbusAPatternTakesNoDiskChannel) {
  const auto channel = [](const std::string& guid) {
    Device device = platform("f8b3781a");
    device.id.bus = "vmbus";
    device.vmbus_class = guid;
    return device;
  };
  for (const char* disk :
       {"ba6163d9-04a1-4d29-b605-72e2ffb1dc7f", "32412632-86cb-44a2-9b5c-50d1417354f5",
        "2f9bcc4a-0069-4af3-b76b-6fd0be528cda"}) {
    EXPECT_EQ(only_reason(plan_for("vmbus,*=a", {channel(disk)})),
              "a pattern takes what may hold the root file system only by its full name");
    EXPECT_EQ(actions(plan_for("vmbus,f8b3781a=a", {channel(disk)})), (Texts{"f8b3781a=a"}));
  }
  EXPECT_EQ(actions(plan_for("vmbus,*=a", {channel("f8615163-df3e-46c5-913f-f2d2f965ed0e")})),
            (Texts{"f8b3781a=a"}));
}

TEST(Plan, APatternTakesNothingOfUnknownClass) {
  Device device = pci("10.0");
  device.pci_class.reset();
  EXPECT_EQ(only_reason(plan_for("pci,00:1?.0=a", {device})),
            "a pattern takes no device whose class cannot be read");
  EXPECT_EQ(actions(plan_for("pci,00:10.0=a", {device})).size(), 1U);
  device = platform("f8b3781a");
  device.id.bus = "vmbus";
  EXPECT_EQ(only_reason(plan_for("vmbus,*=a", {device})),
            "a pattern takes no device whose class cannot be read");
  EXPECT_EQ(actions(plan_for("vmbus,f8b3781a=a", {device})), (Texts{"f8b3781a=a"}));
}

TEST(Plan, APatternThatMayNotTakeADeviceLeavesItToAnEarlierRule) {
  EXPECT_EQ(actions(plan_for("pci,00:12.0=a;pci,00:*.*=b", {pci("12.0", 0x010000)})),
            (Texts{"12.0=a"}));
}

TEST(Plan, OnOtherBusesAPatternTakesOnlyFreeDevices) {
  const std::vector<Device> devices = {platform("x.0"), platform("x.1", "busy"),
                                       platform("x.2", "a")};
  EXPECT_EQ(actions(plan_for("platform,x.*=a", devices)), (Texts{"x.0=a", "x.2=a"}));
  EXPECT_EQ(actions(plan_for("platform,x.1=a", devices)), (Texts{"x.1=a"}));
}

TEST(Plan, ABadOptionLeavesItsDevicesAlone) {
  const Plan plan = plan_for("pci,00:*.0=a;pci,00:11.0=b,shiny", {pci("10.0"), pci("11.0")});
  EXPECT_EQ(actions(plan), (Texts{"10.0=a"}));
  EXPECT_EQ(only_reason(plan), "the rule that names it could not be read");
}

TEST(Plan, ALaterRuleOverrulesABadOne) {
  EXPECT_EQ(actions(plan_for("pci,00:11.0==b;pci,00:11.0=c", {pci("11.0")})), (Texts{"11.0=c"}));
}

// Each of the earlier rules but an exact one may have had its exception there.
TEST(Plan, ABadRuleHoldsBackWhatIsNotExactOnItsBus) {
  std::vector<Device> devices = {pci("10.0"), pci("11.0"), platform("x")};
  devices[0].ids = PciIds{0x8086, 0x100e, 0, 0};
  devices[0].chain = {{0, 0, 1, 0}, *devices[0].slot};
  for (const char* wide :
       {"00:*.0", "00:10-11.0", "00:10", "pci:8086:100e", "00:10.*", "00:01.0/10.0"}) {
    const std::string earlier = "pci," + std::string(wide) + "=a;";
    ASSERT_FALSE(actions(plan_for(earlier, devices)).empty()) << wide;
    for (const char* bad : {"pci,00:zz.0=", "pci,00:12.0x=", "pci,00:12.0", "pci,00:13.0==b"})
      EXPECT_EQ(actions(plan_for(earlier + "pci,00:11.0=b;platform,*=p;" + bad, devices)),
                (Texts{"11.0=b", "x=p"}))
          << wide << " before " << bad;
  }
}

TEST(Plan, WhatIsHeldBackSaysByWhat) {
  EXPECT_EQ(only_reason(plan_for("pci,00:*.0=a;pci,00:zz.0=", {pci("10.0")})),
            "a later rule that could not be read may exempt it: \"pci,00:zz.0=\"");
}

TEST(Plan, AnUnreadableBusHoldsBackEveryBus) {
  const std::vector<Device> devices = {pci("10.0"), platform("x"), platform("y")};
  const Plan plan = plan_for("pci,00:*.0=a;platform,?=p;platform,y=q;00:10.0=", devices);
  EXPECT_EQ(actions(plan), (Texts{"y=q"}));
  EXPECT_EQ(plan.skips.size(), 2U);
}

TEST(Plan, ABadRuleOnABusThatDoesNotExistHoldsBackEveryBus) {
  for (const char* bad : {"pc,00:12.0", "pc,00:10.0=,id=1:2"}) {
    const auto rules =
        parse_rules(std::string("pci,00:*.0=a;platform,?=p;platform,y=q;") + bad, 0).rules;
    const Plan plan = make_plan(rules, {{pci("10.0"), platform("x"), platform("y")}, {"pc"}});
    EXPECT_EQ(actions(plan), (Texts{"y=q"})) << bad;
  }
}

TEST(Plan, APatternBehindABadRuleStands) {
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

/// What is spelled out in a list and does not exist: the texts of what does not match.
Texts unmatched_texts(std::string_view text, std::vector<Device> devices) {
  const std::vector<Rule> rules = parse_rules(text, 0).rules;
  Texts texts;
  for (const Plan::Unmatched& one : make_plan(rules, {std::move(devices), {}}).unmatched)
    texts.push_back(to_text(one, rules[one.rule]));
  return texts;
}

TEST(Plan, AListThatSpellsOutAnAbsentDeviceIsReported) {
  const std::vector<Device> devices = {pci("10.0"), pci("10.1"), pci("11.0", 0x030000)};
  EXPECT_EQ(unmatched_texts("pci,00:10.0,00:10.1,00:11=a", devices), Texts{});
  EXPECT_EQ(unmatched_texts("pci,00:10.0,00:1f.0,00:12,00:10.1=a", devices),
            (Texts{"no device matches \"00:1f.0\", \"00:12\" in "
                   "\"pci,00:10.0,00:1f.0,00:12,00:10.1=a\""}));
  EXPECT_EQ(unmatched_texts("pci,00:1f.0,00:11.0=", devices),
            (Texts{"no device matches \"00:1f.0\" in \"pci,00:1f.0,00:11.0=\""}));
  EXPECT_EQ(unmatched_texts("pci,00:10.0,00:11.0=a,class=02", devices),
            (Texts{"no device matches \"00:11.0\" in \"pci,00:10.0,00:11.0=a,class=02\""}));
  // Many patterns are written for what may be there.
  EXPECT_EQ(unmatched_texts("pci,00:10.0,00:1c.*,00:18-1a.0,pci:10de:*=a", devices), Texts{});
  EXPECT_EQ(unmatched_texts("pci,00:10.0,pci:10de:1e87=a", devices),
            (Texts{"no device matches \"pci:10de:1e87\" in \"pci,00:10.0,pci:10de:1e87=a\""}));
  const std::string five = "00:18.0,00:19.0,00:1a.0,00:1b.0,00:1c.0";
  EXPECT_EQ(
      unmatched_texts("pci,00:10.0," + five + ",00:1d.0=a", devices),
      (Texts{"no device matches \"00:18.0\", \"00:19.0\", \"00:1a.0\", \"00:1b.0\" and 2 more "
             "in \"pci,00:10.0," +
             five + ",00:1d.0=a\""}));
  // If all is absent, once for the rule.
  EXPECT_EQ(unmatched_texts("pci,00:1e.0,00:1f.0=a", devices),
            (Texts{"no device matches \"pci,00:1e.0,00:1f.0=a\""}));
  EXPECT_EQ(unmatched_texts("pci,00:10.0,00:1f.0,00:2z.0=a", devices), Texts{}) << "it is bad";
  EXPECT_EQ(unmatched_texts("pci,00:1f.0,00:10.0,00:1f.0=a", devices),
            (Texts{"no device matches \"00:1f.0\" in \"pci,00:1f.0,00:10.0,00:1f.0=a\""}));
  EXPECT_EQ(unmatched_texts("platform,a,b=x", {platform("b")}),
            (Texts{"no device matches \"a\" in \"platform,a,b=x\""}));
}

TEST(Plan, AListThatIsOverruledIsReportedAlike) {
  const Plan plan = plan_for("pci,00:10.0,00:1f.0=a;pci,00:10.0=b", {pci("10.0")});
  ASSERT_EQ(plan.unmatched.size(), 1U);
  EXPECT_EQ(plan.unmatched[0].rule, 0U);
  EXPECT_EQ(plan.unmatched[0].parts, std::vector<std::size_t>{1});
  ASSERT_EQ(plan.overruled.size(), 1U);
  EXPECT_EQ(plan.overruled[0].rule, 0U);
  EXPECT_EQ(plan.overruled[0].devices.size(), 1U);
}

TEST(Plan, ARuleWhoseDevicesALaterOneDecidesAboutIsOverruled) {
  const Plan plan = plan_for("pci,00:10=a;pci,00:1f.0=x;pci,00:10.*=", {pci("10.0"), pci("10.1")});
  ASSERT_EQ(plan.overruled.size(), 1U);
  EXPECT_EQ(plan.overruled[0].rule, 0U);
  EXPECT_EQ(plan.overruled[0].devices.size(), 2U);
  ASSERT_EQ(plan.unmatched.size(), 1U);
  EXPECT_EQ(plan.unmatched[0].rule, 1U);
}

Texts unspared_texts(std::string_view text, std::vector<Device> devices) {
  const std::vector<Rule> rules = parse_rules(text, 0).rules;
  Texts texts;
  for (const Plan::Unspared& one : make_plan(rules, {std::move(devices), {}}).unspared)
    texts.push_back(to_text(one, rules));
  return texts;
}

TEST(Plan, AnExemptionAheadOfAWiderRuleIsReported) {
  const std::vector<Device> devices = {pci("10.0"), pci("10.1"), pci("11.0")};
  EXPECT_EQ(
      unspared_texts("pci,00:10.1=;pci,00:1?.*=a", devices),
      (Texts{"\"pci,00:10.1=\" does not exempt pci 0000:00:10.1: \"pci,00:1?.*=a\" comes later "
             "and takes it"}));
  EXPECT_EQ(unspared_texts("pci,00:10=;pci,00:1?.*=a", devices),
            (Texts{"\"pci,00:10=\" does not exempt pci 0000:00:10.0 and 1 more: \"pci,00:1?.*=a\" "
                   "comes later and takes them"}));
  // Also if it exempts others.
  EXPECT_EQ(unspared_texts("pci,00:10.1,00:11.0=;pci,00:10=a", devices).size(), 1U);
  EXPECT_EQ(unspared_texts("pci,00:10.1=;pci,00:10.*=a;pci,00:1?.*=b", devices).size(), 1U);
  EXPECT_EQ(unspared_texts("pci,00:10.*=;pci,00:1?.*=a", devices).size(), 1U);
  EXPECT_EQ(unspared_texts("pci,00:10=;pci,00:10,00:11=a", devices).size(), 1U);
  EXPECT_EQ(unspared_texts("pci,00:10.1-7=;pci,00:10=a", devices).size(), 1U);
  EXPECT_EQ(
      unspared_texts("pci,00:1?.*=,class=03;pci,00:10-11.*=a", {pci("10.0"), pci("11.0", 0x030000)})
          .size(),
      1U);
  // No pattern is an exception to what is spelled out.
  EXPECT_EQ(unspared_texts("pci,00:11=;pci,00:1?.*=a,class=02",
                           {pci("10.0"), pci("11.0"), pci("11.1", 0x030000)})
                .size(),
            1U);
  // A device that the wider rule refuses makes no difference.
  EXPECT_EQ(unspared_texts("pci,00:10.*,00:11.*=;pci,00:1?.*=a",
                           {pci("10.0"), pci("11.0", 0x060400), pci("12.0")})
                .size(),
            1U);
}

TEST(Plan, AnExemptionThatALaterRuleIsAnExceptionToIsNot) {
  const std::vector<Device> devices = {pci("10.0"), pci("10.1"), pci("11.0")};
  for (const char* rules :
       {"pci,00:1?.*=a;pci,00:10.1=", "pci,00:10.1=;pci,00:10.1=a", "pci,00:10=;pci,00:10.1=a",
        "pci,00:1?.*=;pci,00:10=a", "pci,00:1?.*=;pci,00:10.*=a", "pci,00:10.1=b;pci,00:1?.*=a",
        "pci,00:10.1=;pci,00:1?.*=a;pci,00:10.1=", "pci,00:10.1=;pci,00:11.*=a",
        // The same again, or two that cross.
        "pci,00:10=;pci,00:10=a", "pci,00:10=;pci,00:10.*=a", "pci,00:11.0=;pci,00:11=a",
        "pci,00:10.0,00:10.1=;pci,00:10=a", "pci,00:10=;pci,00:10.0-1=a",
        "pci,00:1?.0=;pci,00:10.*=a", "pci,00:10.1=;pci,00:10.0,00:10.1=a"})
    EXPECT_EQ(unspared_texts(rules, devices), Texts{}) << rules;
}

/// Two cards of two functions each behind bridges.
std::vector<Device> cards() {
  const auto card = [](const std::string& name, const std::string& bridge, std::uint16_t model,
                       std::uint16_t first) {
    Device device({"pci", name});
    device.pci_class = 0x030000;
    device.driver = "e1000";
    device.chain = {*parse_pci_slot(bridge), *device.slot};
    device.ids = PciIds{0x10de, model, 0x1458, 0x403b};
    device.card_ids = PciIds{0x10de, first, 0x1458, 0x403b};
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

TEST(Plan, AGuardOnAPatternIsAFilter) {
  EXPECT_EQ(actions(plan_for("pci,02:00.0=a;pci,*:*.*=b,id=10de:1aef", cards())),
            (Texts{"00.1=b", "00.0=a"}));
}

TEST(Plan, AClassFiltersAndLiftsTheBanOnPatterns) {
  std::vector<Device> devices = {pci("10.0"), pci("11.0", 0x060400), pci("12.0", 0x010802)};
  devices[1].driver.reset();
  EXPECT_EQ(actions(plan_for("pci,00:*.0=a,class=0108", devices)), (Texts{"12.0=a"}));
  EXPECT_EQ(actions(plan_for("pci,00:*.0=a,class=06", devices)), (Texts{"11.0=a"}));
  EXPECT_EQ(actions(plan_for("pci,00:10.0=a;pci,00:10.0=b,class=03", devices)), (Texts{"10.0=a"}));
}

TEST(Plan, NoPatternTakesABridgeFromItsDriver) {
  const Device bridge = pci("11.0", 0x060400);
  const std::string refusal = "a pattern takes no bridge from its driver";
  EXPECT_EQ(only_reason(plan_for("pci,00:*.0=a,class=06", {bridge})), refusal);
  EXPECT_EQ(only_reason(plan_for("pci,00:1?.0=none,class=060400", {bridge})), refusal);
  EXPECT_EQ(actions(plan_for("pci,00:*.0=e1000,class=06", {bridge})), (Texts{"11.0=e1000"}));
  EXPECT_EQ(only_reason(plan_for("pci,00:10-12.0=a,class=06", {bridge})), refusal);
  EXPECT_EQ(actions(plan_for("pci,00:11=a", {bridge})), (Texts{"11.0=a"}));
}

TEST(Plan, NorebindLeavesADriverItsDevice) {
  Device free = pci("11.0");
  free.driver.reset();
  const Plan plan = plan_for("pci,00:10-11.0=a,norebind", {pci("10.0"), free});
  EXPECT_EQ(actions(plan), (Texts{"11.0=a"}));
  EXPECT_EQ(only_reason(plan), "the rule says norebind, and \"e1000\" has it");
  EXPECT_EQ(actions(plan_for("pci,00:10.0=e1000,norebind", {pci("10.0")})), (Texts{"10.0=e1000"}));
}

TEST(Plan, WhatIsTakenOnlyFromNoDriverIsMarked) {
  const auto only_if_free = [](std::string_view rules, const Device& device) {
    const Plan plan = plan_for(rules, {device});
    EXPECT_EQ(plan.actions.size(), 1U) << rules;
    return !plan.actions.empty() && plan.actions[0].only_if_free;
  };
  Device bridge = pci("11.0", 0x060400);
  bridge.driver.reset();
  EXPECT_TRUE(only_if_free("platform,?=a", platform("x")));
  EXPECT_FALSE(only_if_free("platform,x=a", platform("x")));
  EXPECT_TRUE(only_if_free("platform,x=a,norebind", platform("x")));
  EXPECT_TRUE(only_if_free("pci,00:*.*=a,class=06", bridge));
  EXPECT_FALSE(only_if_free("pci,00:*.*=a", pci("11.0")));
}

TEST(Plan, ADeviceOnAnotherBusIsNeverTaken) {
  EXPECT_TRUE(plan_for("platform,0000:00:10.0=a", {pci("10.0")}).actions.empty());
}

}  // namespace
}  // namespace driver_override
