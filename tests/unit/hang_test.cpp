// SPDX-License-Identifier: LGPL-2.1-or-later
// What becomes of devices whose steps hang, die or are not reached, against the model.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/unit/bind_fixture.hpp"

namespace driver_override {
namespace {

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

}  // namespace
}  // namespace driver_override
