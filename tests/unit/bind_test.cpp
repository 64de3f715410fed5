// SPDX-License-Identifier: LGPL-2.1-or-later
// The order of the steps, and what each fault of each step leads to, against the model.
#include "hook/bind.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <tuple>

#include "model_kernel.hpp"

namespace driver_override {
namespace {

using Steps = std::vector<std::string>;

class BindTest : public testing::Test {
 protected:
  BindTest() {
    kernel_.module("pci-stub");
    add("a");
    add("b");
  }

  void add(const std::string& name, std::optional<std::string> driver = std::nullopt) {
    kernel_.device(name).driver = std::move(driver);
  }

  void plan(const std::string& name, const std::string& driver = "pci-stub", bool exact = true) {
    Device device({"pci", name});
    device.driver = kernel_.present_driver(name);
    plan_.actions.push_back({std::move(device), driver, 0, exact});
  }

  /// Does all steps in one Binding and gathers the outcomes in another, as two processes would.
  std::vector<Outcome> run(BindMode mode = BindMode::early) {
    Binding child(plan_, kernel_, mode);
    Binding parent(plan_, kernel_, mode);
    for (std::size_t step = 0; step < child.steps(); ++step)
      if (const auto learnt = child.run(step, [](const std::string&, const std::string&) {}))
        parent.learn(step, *learnt);
    std::vector<Outcome> outcomes;
    for (std::size_t device = 0; device < plan_.actions.size(); ++device) {
      EXPECT_TRUE(parent.is_settled(device));
      outcomes.push_back(parent.outcome(device));
    }
    return outcomes;
  }

  ModelKernel kernel_;
  Plan plan_;
};

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

/// Gives step after step up, as child.cpp does if a step hangs: a new copy of the parent goes
/// on.
class HangTest : public BindTest {
 protected:
  std::vector<Outcome> run_with_hangs(BindMode mode) {
    Binding parent(plan_, kernel_, mode);
    std::optional<Binding> child(parent);
    for (std::size_t step = 0; step < parent.steps(); ++step) {
      std::string what;
      std::string driver;
      try {
        const auto learnt = child->run(step, [&](const std::string& begun, const std::string& of) {
          what = begun;
          driver = of;
        });
        if (learnt) parent.learn(step, *learnt);
      } catch (const ModelKernel::Hang&) {
        parent.give_up(step, {GivenUp::Kind::hangs, what, driver, "did not end within 10 s"});
        child.emplace(parent);
      }
    }
    std::vector<Outcome> outcomes;
    for (std::size_t device = 0; device < plan_.actions.size(); ++device)
      outcomes.push_back(parent.outcome(device));
    return outcomes;
  }
};

TEST_F(HangTest, InAnImageWhatHangsWaitsForTheRealRoot) {
  kernel_.driver("pci-stub");
  kernel_.hanging = "probe a";
  plan("a");
  const auto outcomes = run_with_hangs(BindMode::early);
  EXPECT_EQ(outcomes[0].state, BindState::waiting);
  EXPECT_TRUE(outcomes[0].hangs);
  EXPECT_EQ(outcomes[0].reason,
            "probing did not end within 10 s; it is still running, and a reboot may hang if it "
            "never ends");
  EXPECT_EQ(run_with_hangs(BindMode::conclusive)[0].state, BindState::unfinished);
}

TEST_F(HangTest, ADriverThatHangsIsNotAskedAgain) {
  kernel_.driver("pci-stub");
  kernel_.driver("vfio-pci");
  kernel_.hanging = "probe a";
  add("c");
  plan("a");
  plan("b");
  plan("c", "vfio-pci");
  const auto outcomes = run_with_hangs(BindMode::early);
  EXPECT_EQ(outcomes[1].state, BindState::waiting);
  EXPECT_FALSE(outcomes[1].hangs);
  EXPECT_EQ(outcomes[1].reason, "the driver \"pci-stub\" hangs and is not tried again");
  EXPECT_EQ(outcomes[2].state, BindState::bound);
  EXPECT_EQ(std::count(kernel_.steps.begin(), kernel_.steps.end(), "probe b"), 0);
  EXPECT_EQ(run_with_hangs(BindMode::conclusive)[1].state, BindState::failed);
}

TEST_F(HangTest, ADriverThatHangsInRemoveIsNotAskedToLetGoAgain) {
  kernel_.driver("pci-stub");
  kernel_.driver("e1000");
  kernel_.hanging = "unbind a";
  add("a", "e1000");
  add("b", "e1000");
  add("c");
  for (const char* name : {"a", "b", "c"}) plan(name);
  const auto outcomes = run_with_hangs(BindMode::early);
  EXPECT_EQ(outcomes[0].state, BindState::waiting);
  EXPECT_EQ(outcomes[1].reason, "the driver \"e1000\" hangs and is not tried again");
  EXPECT_EQ(outcomes[2].state, BindState::bound);
  EXPECT_EQ(kernel_.present_driver("b"), "e1000");
}

TEST_F(HangTest, AModuleThatIsStillLoadingIsNotWaitedForByEachDevice) {
  kernel_.driver("slow");
  kernel_.driver("vfio-pci");
  kernel_.loading = {"slow"};
  kernel_.hanging = "modprobe";
  add("c");
  plan("a", "slow");
  plan("b");
  plan("c", "vfio-pci");
  const auto outcomes = run_with_hangs(BindMode::early);
  EXPECT_EQ(outcomes[0].reason, "the driver \"slow\" hangs and is not tried again");
  EXPECT_EQ(outcomes[1].state, BindState::waiting);
  EXPECT_EQ(outcomes[2].state, BindState::bound);
}

/// As in a child that was begun after one had hung in loading both modules.
TEST_F(HangTest, WhyAModuleWasNotLoadedOutlastsALaterHang) {
  kernel_.loading = {"other"};
  plan("a", "slow");
  plan("b", "other");
  Binding parent(plan_, kernel_, BindMode::early);
  const Announce announce = [](const std::string&, const std::string&) {};
  for (const std::size_t step : {0U, 1U}) parent.learn(step, *Binding(parent).run(step, announce));
  parent.give_up(2, {GivenUp::Kind::hangs, "loading \"other slow\"", {}, "did not end"});
  kernel_.modprobe_status = 1;
  kernel_.modprobe_error_output = "modprobe: FATAL: Module slow not found\n";
  for (const std::size_t step : {3U, 4U}) parent.learn(step, *Binding(parent).run(step, announce));
  kernel_.loading.clear();
  for (const std::size_t step : {5U, 6U}) parent.learn(step, *Binding(parent).run(step, announce));
  EXPECT_EQ(parent.outcome(0).reason,
            "the driver \"slow\" is not there: modprobe ended with status 1: modprobe: FATAL: "
            "Module slow not found");
  EXPECT_EQ(parent.outcome(1).reason,
            "the driver \"other\" is not there: \"other\" is still being loaded");
}

/// Died before it could tell anything.
TEST_F(BindTest, AStepThatHasToldNothingIsCalledByWhatItWouldHaveDone) {
  plan("a");
  const auto reason = [&](std::size_t step) {
    Binding binding(plan_, kernel_, BindMode::early);
    binding.give_up(step, {GivenUp::Kind::died, {}, {}, "its process ended"});
    return binding.outcome(0).reason;
  };
  EXPECT_EQ(reason(0), "setting its override: its process ended");
  EXPECT_EQ(reason(3), "probing: its process ended");
  EXPECT_EQ(reason(4), "looking for its driver: its process ended");
}

TEST_F(HangTest, WhatWasNotReachedWaitsForTheRealRoot) {
  Binding binding(plan_, kernel_, BindMode::early);
  plan("a");
  Binding early(plan_, kernel_, BindMode::early);
  early.give_up(0, {GivenUp::Kind::not_begun, {}, {}, "no time was left after 25 s"});
  EXPECT_EQ(early.outcome(0).state, BindState::waiting);
  Binding last(plan_, kernel_, BindMode::conclusive);
  last.give_up(0, {GivenUp::Kind::not_begun, {}, {}, "no time was left after 25 s"});
  EXPECT_EQ(last.outcome(0).state, BindState::failed);
  EXPECT_EQ(last.outcome(0).reason, "no time was left after 25 s");
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
