// SPDX-License-Identifier: LGPL-2.1-or-later
// The order of the steps, and what each fault of each step leads to, against the model.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <tuple>

#include "tests/unit/bind_fixture.hpp"

namespace driver_override {
namespace {

TEST_F(BindTest, AllOverridesComeBeforeTheOneModprobe) {
  plan("a");
  plan("b", "vfio-pci");
  kernel_.module("vfio-pci");
  const auto outcomes = run();
  EXPECT_EQ(outcomes[0].state, BindState::bound);
  EXPECT_EQ(outcomes[1].state, BindState::bound);
  EXPECT_EQ(kernel_.steps, (Steps{"read a", "override a", "read b", "override b",
                                  "modprobe pci-stub vfio-pci", "bind a", "bind b"}));
}

TEST_F(BindTest, ARegisteredDriverNeedsNoModprobe) {
  kernel_.driver("pci-stub");
  plan("a");
  EXPECT_EQ(run()[0].state, BindState::bound);
  EXPECT_EQ(kernel_.steps, (Steps{"read a", "override a", "probe a"}));
}

TEST_F(BindTest, AnotherDriverIsUnboundOnceTheWantedOneIsThere) {
  add("a", "e1000");
  plan("a");
  EXPECT_EQ(run()[0].state, BindState::bound);
  EXPECT_EQ(kernel_.steps,
            (Steps{"read a", "override a", "modprobe pci-stub", "unbind a", "probe a"}));
}

TEST_F(BindTest, WithoutTheWantedDriverNothingIsUnbound) {
  add("a", "e1000");
  plan("a", "vfio-pci");
  kernel_.modprobe_status = 1;
  const auto outcomes = run();
  EXPECT_EQ(outcomes[0].state, BindState::waiting);
  EXPECT_EQ(outcomes[0].reason,
            "the driver \"vfio-pci\" is not there: modprobe ended with status 1");
  EXPECT_EQ(kernel_.present_driver("a"), "e1000");
  EXPECT_EQ(run(BindMode::conclusive)[0].state, BindState::failed);
}

TEST_F(BindTest, TheSecondRunChangesNothing) {
  plan("a");
  (void)run();
  plan_.actions.clear();
  plan("a");
  kernel_.steps.clear();
  EXPECT_EQ(run()[0].state, BindState::unchanged);
  EXPECT_EQ(kernel_.steps, (Steps{"read a"}));
}

TEST_F(BindTest, NoneTakesTheDriverAway) {
  add("a", "e1000");
  plan("a", "none");
  plan("b", "none");
  const auto outcomes = run();
  EXPECT_EQ(outcomes[0].state, BindState::bound);
  EXPECT_EQ(outcomes[1].state, BindState::bound);
  EXPECT_EQ(kernel_.present_driver("a"), std::nullopt);
  EXPECT_EQ(kernel_.present_override("a"), "none");
  EXPECT_EQ(kernel_.steps, (Steps{"read a", "override a", "read b", "override b", "unbind a"}));
}

TEST_F(BindTest, AForeignOverrideYieldsOnlyToARuleThatSpellsTheDeviceOut) {
  kernel_.device("a").override_name = "vfio-pci";
  kernel_.device("b").override_name = "vfio-pci";
  plan("a", "pci-stub", false);
  plan("b", "pci-stub", true);
  const auto outcomes = run();
  EXPECT_EQ(outcomes[0].state, BindState::left_alone);
  EXPECT_EQ(outcomes[1].state, BindState::bound);
  EXPECT_EQ(kernel_.present_override("a"), "vfio-pci");
}

TEST_F(BindTest, ALinkThatComesLateIsWaitedFor) {
  kernel_.driver("pci-stub").late_link = std::chrono::milliseconds(400);
  plan("a");
  EXPECT_EQ(run()[0].state, BindState::bound);
  EXPECT_EQ(kernel_.steps.back(), "probe a");
}

/// Another driver has taken it by the time somebody looks, after a wait for another device.
TEST_F(BindTest, WhatIsProbedAgainIsWaitedForAgain) {
  kernel_.driver("never").probe_error = EINVAL;
  kernel_.driver("pci-stub").late_link = std::chrono::milliseconds(400);
  kernel_.driver("e1000");
  plan("a", "never");
  plan("b");
  Binding binding(plan_, kernel_, BindMode::early);
  const Announce announce = [](const std::string&, const std::string&) {};
  for (std::size_t step = 0; step < 8; ++step) (void)binding.run(step, announce);
  std::error_code error;
  const DeviceId b{"pci", "b"};
  kernel_.unbind(b, "pci-stub", error);
  kernel_.write_override(b, "", error);
  kernel_.bind(b, "e1000", error);
  kernel_.write_override(b, "pci-stub", error);
  ASSERT_EQ(kernel_.present_driver("b"), "e1000");
  (void)binding.run(8, announce);
  EXPECT_EQ(binding.outcome(1).state, BindState::bound);
  EXPECT_EQ(kernel_.steps.back(), "probe b");
}

TEST_F(BindTest, ARefusalIsNamedByItsErrno) {
  kernel_.module("pci-stub").probe_error = EINVAL;
  plan("a");
  const auto outcomes = run();
  EXPECT_EQ(outcomes[0].state, BindState::failed);
  EXPECT_EQ(outcomes[0].reason,
            "the driver \"pci-stub\" does not take it: Invalid argument; it stays without a driver "
            "until \"driver-override clear pci,a\"");
  EXPECT_EQ(kernel_.present_override("a"), "pci-stub");
}

TEST_F(BindTest, ADriverThatForbidsUnbindingIsNamed) {
  kernel_.driver("e1000").suppresses_bind_attrs = true;
  add("a", "e1000");
  plan("a");
  EXPECT_EQ(
      run()[0].reason,
      "the driver \"e1000\" has it and cannot be unbound; keep that driver from loading first; its "
      "override stays set until \"driver-override clear pci,a\"");
}

TEST_F(BindTest, ABusWithoutOverridesIsNamed) {
  kernel_.pci().has_override = false;
  plan("a");
  EXPECT_EQ(run()[0].reason, "devices of the bus \"pci\" take no override");
}

TEST_F(BindTest, ModprobeThatCannotBeRunIsNamed) {
  kernel_.faults["modprobe"] = ENOENT;
  plan("a");
  EXPECT_EQ(run()[0].reason,
            "the driver \"pci-stub\" is not there: modprobe could not be run: No such file or "
            "directory");
}

TEST_F(BindTest, APatternReplacesAnOverrideOfOurs) {
  kernel_.device("a").override_name = "vfio-pci";
  plan("a", "pci-stub", false);
  plan_.actions[0].our_override = "vfio-pci";
  EXPECT_EQ(run()[0].state, BindState::bound);
  EXPECT_EQ(kernel_.present_override("a"), "pci-stub");
}

/// What a child tells of a step, cut as in progress.cpp, and forgets: each step is in a new one.
class CutTest : public BindTest {
 protected:
  Outcome run_cut() {
    Binding parent(plan_, kernel_, BindMode::conclusive);
    for (std::size_t step = 0; step < parent.steps(); ++step)
      if (const auto learnt =
              Binding(parent).run(step, [](const std::string&, const std::string&) {}))
        parent.learn(step, learnt->substr(0, 3072));
    return parent.outcome(0);
  }

  void plan_one_that_another_driver_takes(const std::string& old_override) {
    kernel_.device("a").override_name = old_override;
    kernel_.taken_by_modprobe["a"] = "e1000";
    plan("a");
    plan_.actions[0].only_if_free = true;
  }
};

TEST_F(CutTest, ALongOldOverrideHidesNoReason) {
  kernel_.driver("pci-stub").probe_error = EINVAL;
  kernel_.device("a").override_name = std::string(4000, 'o');
  plan("a");
  EXPECT_EQ(run_cut().reason,
            "the driver \"pci-stub\" does not take it: Invalid argument; it stays without a driver "
            "until \"driver-override clear pci,a\"");
}

TEST_F(CutTest, AnOldOverrideThatWasCutIsNotPutBack) {
  plan_one_that_another_driver_takes(std::string(4000, 'o'));
  const Outcome outcome = run_cut();
  EXPECT_EQ(outcome.state, BindState::failed);
  EXPECT_EQ(outcome.reason,
            "restoring driver_override: the old one was too long to be kept; its override stays "
            "set until \"driver-override clear pci,a\"");
  EXPECT_EQ(kernel_.present_override("a"), "pci-stub");
  EXPECT_EQ(kernel_.present_driver("a"), "e1000");
}

TEST_F(CutTest, AnOldOverrideThatIsWholeIsPutBack) {
  plan_one_that_another_driver_takes(std::string(3000, 'o'));
  EXPECT_EQ(run_cut().state, BindState::left_alone);
  EXPECT_EQ(kernel_.present_override("a"), std::string(3000, 'o'));
}

TEST_F(CutTest, NoOldOverrideIsPutBackAsNone) {
  plan_one_that_another_driver_takes({});
  EXPECT_EQ(run_cut().state, BindState::left_alone);
  EXPECT_EQ(kernel_.present_override("a"), "");
}

/// A machine that is short of something for a moment.
class PassingFaultTest : public BindTest,
                         public testing::WithParamInterface<std::tuple<const char*, int>> {
 protected:
  PassingFaultTest() {
    const auto& [step, number] = GetParam();
    add("a", "e1000");
    // Binding by name comes only if probing has bound nothing.
    kernel_.driver("pci-stub").probe_error = step == std::string("bind a") ? EIO : 0;
    kernel_.faults[step] = number;
    plan("a");
  }
};

TEST_P(PassingFaultTest, InAnImageItWaitsForTheRealRoot) {
  const Outcome outcome = run(BindMode::early)[0];
  const std::string last = kernel_.steps.back();
  const int number = std::get<int>(GetParam());
  const bool is_deferral = last == "bind a" && number == EAGAIN;
  EXPECT_EQ(outcome.state, BindState::waiting);
  EXPECT_EQ(outcome.is_override_set, last != "read a" && last != "override a");
  EXPECT_EQ(outcome.reason.find("driver-override clear"), std::string::npos) << outcome.reason;
  EXPECT_EQ(outcome.reason.find(std::strerror(number)) == std::string::npos, is_deferral)
      << outcome.reason;
  EXPECT_EQ(run(BindMode::conclusive)[0].state,
            is_deferral ? BindState::waiting : BindState::failed);
}

INSTANTIATE_TEST_SUITE_P(EachStep, PassingFaultTest,
                         testing::Combine(testing::Values("read a", "override a", "unbind a",
                                                          "probe a", "bind a"),
                                          testing::Values(ENOMEM, EMFILE, ENFILE, EAGAIN, EINTR)));

/// Its link alone proves nothing.
TEST_F(BindTest, AProbeThatCouldNotBeAwaitedIsNotTakenForDone) {
  kernel_.driver("pci-stub");
  add("a", "pci-stub");
  kernel_.device("a").override_name = "pci-stub";
  kernel_.faults["bind a"] = EMFILE;
  plan("a");
  plan_.actions[0].unverified = true;
  const Outcome outcome = run(BindMode::early)[0];
  EXPECT_EQ(outcome.state, BindState::waiting);
  EXPECT_EQ(outcome.reason, "awaiting its probe by \"pci-stub\": Too many open files");
  EXPECT_EQ(run(BindMode::conclusive)[0].state, BindState::failed);
}

TEST_F(BindTest, AFaultThatDoesNotPassFailsInAnImageToo) {
  kernel_.driver("pci-stub");
  kernel_.faults["probe a"] = EIO;
  plan("a");
  EXPECT_EQ(run(BindMode::early)[0].state, BindState::failed);
}

constexpr const char* spared =
    "\"e1000\" has it by now, and the rule takes only devices without a driver";

TEST_F(BindTest, WhatHasGotADriverSinceThePlanIsNotTouchedIfTheRuleTakesOnlyFreeDevices) {
  plan("a");
  plan_.actions[0].only_if_free = true;
  kernel_.device("a").driver = "e1000";
  const auto outcomes = run();
  EXPECT_EQ(outcomes[0].state, BindState::left_alone);
  EXPECT_EQ(outcomes[0].reason, spared);
  EXPECT_EQ(kernel_.steps, Steps{});
}

TEST_F(BindTest, WhatHasTheWantedDriverIsNoOtherDriversDevice) {
  plan("a");
  (void)run();
  plan_.actions.clear();
  plan("a");
  plan_.actions[0].only_if_free = true;
  EXPECT_EQ(run()[0].state, BindState::unchanged);
}

TEST_F(BindTest, WhatGetsADriverWhileModulesLoadIsGivenItsOldOverrideBack) {
  plan("a");
  plan_.actions[0].only_if_free = true;
  kernel_.device("a").override_name = "old";
  kernel_.taken_by_modprobe["a"] = "e1000";
  const auto outcomes = run();
  EXPECT_EQ(outcomes[0].state, BindState::left_alone);
  EXPECT_EQ(outcomes[0].reason, spared);
  EXPECT_EQ(kernel_.present_override("a"), "old");
  EXPECT_EQ(kernel_.present_driver("a"), "e1000");
  EXPECT_EQ(kernel_.steps, (Steps{"read a", "override a", "modprobe pci-stub", "override a"}));
}

TEST_F(BindTest, NoneTakesNoDriverAwayIfTheRuleTakesOnlyFreeDevices) {
  plan("a", "none");
  plan_.actions[0].only_if_free = true;
  kernel_.device("a").driver = "e1000";
  EXPECT_EQ(run()[0].state, BindState::left_alone);
  EXPECT_EQ(kernel_.present_driver("a"), "e1000");
}

TEST_F(BindTest, ADeviceWhoseDriverNobodyHasVerifiedIsProbedToItsEnd) {
  kernel_.driver("pci-stub");
  add("a", "pci-stub");
  kernel_.device("a").override_name = "pci-stub";
  plan("a");
  plan_.actions[0].unverified = true;
  EXPECT_EQ(run()[0].state, BindState::bound);
  EXPECT_EQ(kernel_.steps, (Steps{"read a", "bind a"}));
}

/// The driver's file `bind` comes once its module has looked at all devices.
TEST_F(BindTest, WhoWaitsForAModuleAsksBeforeEachBindWhetherItIsStillWanted) {
  kernel_.driver("pci-stub");
  add("a", "pci-stub");
  kernel_.device("a").override_name = "pci-stub";
  kernel_.loading = {"pci-stub"};
  kernel_.faults["bind a"] = ENOENT;
  kernel_.once = {"bind a"};
  plan("a");
  plan_.actions[0].unverified = true;
  Binding binding(plan_, kernel_, BindMode::early);
  for (std::size_t step = 0; step < binding.steps(); ++step)
    (void)binding.run(step, [&](const std::string& what, const std::string&) {
      kernel_.steps.push_back(what.empty() ? "asks" : what);
    });
  EXPECT_EQ(kernel_.steps, (Steps{"reading driver_override", "read a", "its probe by \"pci-stub\"",
                                  "bind a", "read a", "asks", "bind a"}));
  EXPECT_EQ(binding.outcome(0).state, BindState::bound);
}

TEST_F(BindTest, AModuleOfAnotherDriverIsNamed) {
  kernel_.module("pci-stub").name = "something-else";
  plan("a");
  EXPECT_EQ(run()[0].reason,
            "the driver \"pci-stub\" is not there: modprobe loaded \"pci-stub\", but it does "
            "not provide that driver");
}

}  // namespace
}  // namespace driver_override
