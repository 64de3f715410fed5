// SPDX-License-Identifier: LGPL-2.1-or-later
// Steps in a child: what the parent learns, and what it does about those that hang, die or are
// slow.
#include "hook/child.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <vector>

namespace driver_override {
namespace {

using std::chrono::milliseconds;
using Words = std::vector<std::string>;

/// For ever, or until the test's process has ended.
[[noreturn]] void hang(pid_t parent) {
  while (::getppid() == parent) ::usleep(10000);
  ::_exit(1);
}

class ChildTest : public testing::Test {
 protected:
  /// Runs the steps, of which each is in `what_`: "hang", "try again", "die", "throw", "nothing",
  /// "slow" or a text to learn.
  void run(const Words& what) {
    Steps steps;
    steps.count = what.size();
    steps.run = [&](std::size_t step, const Announce& announce) -> std::optional<std::string> {
      if (what[step] == "nothing") return std::nullopt;
      announce("doing " + std::to_string(step), "driver " + std::to_string(step));
      if (what[step] == "hang") hang(test_);
      while (what[step] == "try again") {
        ::usleep(10000);
        announce({}, {});
      }
      if (what[step] == "die") ::raise(SIGKILL);
      if (what[step] == "throw") throw std::runtime_error("x");
      if (what[step] == "slow") ::usleep(120000);
      return what[step] + " by " + std::to_string(::getpid());
    };
    steps.ended = [&](std::size_t step, std::string_view learnt) {
      const std::string text(learnt);
      ended_[step] = text.substr(0, text.find(" by "));
      processes_[text.substr(text.find(" by ") + 4)] += 1;
    };
    steps.slow = [&](std::size_t step, const std::string& doing) { slow_[step] += doing; };
    steps.gave_up = [&](std::size_t step, const GivenUp& why) {
      gave_up_[step] = why.what + " " + why.reason;
      drivers_[step] = why.driver;
    };
    steps.hung_before = [&](std::size_t step) { return hung_before_.count(step) != 0; };
    run_in_child(steps, deadlines_);
  }

  Deadlines deadlines_{milliseconds(100), milliseconds(200), milliseconds(10000)};
  std::map<std::size_t, std::string> ended_;
  std::map<std::size_t, std::string> slow_;
  std::map<std::size_t, std::string> gave_up_;
  std::map<std::size_t, std::string> drivers_;
  std::map<std::string, int> processes_;
  std::set<std::size_t> hung_before_;
  pid_t test_ = ::getpid();
};

TEST_F(ChildTest, AllStepsRunInOneChild) {
  run({"a", "b", "nothing", "c"});
  EXPECT_EQ(ended_, (std::map<std::size_t, std::string>{{0, "a"}, {1, "b"}, {3, "c"}}));
  EXPECT_EQ(processes_.size(), 1U);
  EXPECT_NE(processes_.begin()->first, std::to_string(::getpid()));
  EXPECT_TRUE(gave_up_.empty());
}

TEST_F(ChildTest, WithoutStepsThereIsNoChild) {
  run({});
  EXPECT_TRUE(ended_.empty() && gave_up_.empty());
}

TEST_F(ChildTest, AStepThatHangsCostsItselfAlone) {
  run({"a", "hang", "b"});
  EXPECT_EQ(gave_up_,
            (std::map<std::size_t, std::string>{{1, "doing 1 did not end within 0.2 s"}}));
  EXPECT_EQ(slow_, (std::map<std::size_t, std::string>{{1, "doing 1"}}));
  EXPECT_EQ(ended_, (std::map<std::size_t, std::string>{{0, "a"}, {2, "b"}}));
  EXPECT_EQ(processes_.size(), 2U);
  EXPECT_EQ(drivers_.at(1), "driver 1");
}

TEST_F(ChildTest, AStepThatTriesAgainForEverIsToldOnceAndGivenUp) {
  run({"try again", "a"});
  EXPECT_EQ(gave_up_,
            (std::map<std::size_t, std::string>{{0, "doing 0 did not end within 0.2 s"}}));
  EXPECT_EQ(slow_, (std::map<std::size_t, std::string>{{0, "doing 0"}}));
  EXPECT_EQ(ended_.size(), 1U);
}

TEST_F(ChildTest, WhatHungBeforeGetsATenthOfTheTime) {
  deadlines_ = {milliseconds(100), milliseconds(2000), milliseconds(10000)};
  hung_before_ = {0};
  run({"hang", "slow", "a"});
  EXPECT_EQ(gave_up_,
            (std::map<std::size_t, std::string>{{0, "doing 0 did not end within 0.2 s"}}));
  EXPECT_EQ(ended_.size(), 2U);
}

TEST_F(ChildTest, AChildThatDiesCostsItsStepAlone) {
  run({"die", "a", "throw", "b"});
  EXPECT_EQ(gave_up_,
            (std::map<std::size_t, std::string>{{0, "doing 0 its process was ended by signal 9"},
                                                {2, "doing 2 its process ended with status 1"}}));
  EXPECT_EQ(ended_, (std::map<std::size_t, std::string>{{1, "a"}, {3, "b"}}));
}

TEST_F(ChildTest, ASlowStepIsToldOnceAndGoesOn) {
  run({"slow", "a"});
  EXPECT_EQ(slow_, (std::map<std::size_t, std::string>{{0, "doing 0"}}));
  EXPECT_EQ(ended_.size(), 2U);
}

TEST_F(ChildTest, WhatHangsDoesNotUseUpTheTimeOfTheOthers) {
  deadlines_ = {milliseconds(5000), milliseconds(10000), milliseconds(2500)};
  run({"hang", "a", "hang", "b", "hang", "c"});
  EXPECT_EQ(ended_.size(), 2U) << "half of what is left, then the rest of the last second";
  EXPECT_EQ(gave_up_.at(0), "doing 0 did not end within 1.2 s");
  EXPECT_EQ(gave_up_.at(2), "doing 2 did not end within 1 s");
}

TEST_F(ChildTest, WhatHangsLeavesTimeToTheOthersHoweverShortTheDeadline) {
  deadlines_ = Deadlines::for_step(milliseconds(900));
  run({"hang", "hang", "hang", "a", "b"});
  EXPECT_EQ(gave_up_.size(), 3U);
  EXPECT_EQ(ended_.size(), 2U);
}

TEST_F(ChildTest, AfterTheWholeDeadlineNothingIsBegun) {
  deadlines_ = {milliseconds(1000), milliseconds(2000), milliseconds(150)};
  run({"hang", "a"});
  EXPECT_TRUE(ended_.empty());
  EXPECT_EQ(gave_up_.at(1), " no time was left after 0.1 s");
}

TEST_F(ChildTest, ALongTextIsCut) {
  run({std::string(100000, 'x'), "a"});
  EXPECT_EQ(ended_.at(0), std::string(3072, 'x'));
  EXPECT_EQ(ended_.at(1), "a");
}

TEST_F(ChildTest, ManyStepsFillNoPipe) {
  run(Words(5000, std::string(200, 'y')));
  EXPECT_EQ(ended_.size(), 5000U);
}

/// Steps that leave files behind, so that they are seen after the child was given up.
class AbandonedTest : public testing::Test {
 protected:
  AbandonedTest() {
    std::string name = testing::TempDir() + "abandoned.XXXXXX";
    folder_ = ::mkdtemp(name.data());
    steps_.count = 2;
    steps_.run = [this](std::size_t step, const Announce& announce) -> std::optional<std::string> {
      announce("step " + std::to_string(step), {});
      if (step == 1) return put("second");
      ::usleep(500000);
      put("slow");
      announce("something more", {});
      return put("more");
    };
    steps_.ended = [](std::size_t, std::string_view) {};
    steps_.slow = [](std::size_t, const std::string&) {};
    steps_.gave_up = [this](std::size_t step, const GivenUp&) { put("up" + std::to_string(step)); };
  }
  ~AbandonedTest() override { std::filesystem::remove_all(folder_); }

  std::string put(const std::string& name) const {
    std::ofstream(folder_ / name) << ::getpid();
    return name;
  }
  [[nodiscard]] bool has(const std::string& name) const {
    return std::filesystem::exists(folder_ / name);
  }
  [[nodiscard]] pid_t process_of(const std::string& name) const {
    pid_t process = -1;
    while (process <= 0) std::ifstream(folder_ / name) >> process;
    return process;
  }

  std::filesystem::path folder_;
  Steps steps_;
  Deadlines deadlines_{milliseconds(100), milliseconds(200), milliseconds(10000)};
};

TEST_F(AbandonedTest, EndsItsStepAndDoesNothingMore) {
  run_in_child(steps_, deadlines_);
  EXPECT_TRUE(has("up0") && has("second"));
  EXPECT_FALSE(has("slow"));
  while (!has("slow")) ::usleep(10000);
  int status = 0;
  ASSERT_GT(::waitpid(process_of("slow"), &status, 0), 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_TRUE(has("slow"));
  EXPECT_FALSE(has("more"));
}

TEST_F(AbandonedTest, TriesNothingAgain) {
  steps_.run = [this](std::size_t step, const Announce& announce) -> std::optional<std::string> {
    announce("step " + std::to_string(step), {});
    if (step == 1) return put("second");
    ::usleep(500000);
    put("slow");
    announce({}, {});
    return put("more");
  };
  deadlines_.linger = milliseconds(5000);
  run_in_child(steps_, deadlines_);
  EXPECT_TRUE(has("slow") && has("second"));
  EXPECT_FALSE(has("more"));
}

TEST_F(AbandonedTest, IsStayedForByACallerThatLingers) {
  deadlines_.linger = milliseconds(5000);
  run_in_child(steps_, deadlines_);
  EXPECT_TRUE(has("slow"));
  EXPECT_FALSE(has("more"));
  EXPECT_EQ(::kill(process_of("slow"), 0), -1);
}

TEST_F(AbandonedTest, OutlivesItsParentAndDoesNothingMore) {
  const pid_t parent = ::fork();
  if (parent == 0) {
    deadlines_ = {};
    run_in_child(steps_, deadlines_);
    ::_exit(0);
  }
  ::usleep(100000);
  ASSERT_EQ(::kill(parent, SIGKILL), 0);
  ASSERT_EQ(::waitpid(parent, nullptr, 0), parent);
  ::usleep(1000000);
  EXPECT_TRUE(has("slow"));
  EXPECT_FALSE(has("more") || has("second"));
}

TEST_F(ChildTest, TheChildIgnoresWhatIsSentToEverybody) {
  Steps steps;
  steps.count = 1;
  std::string seen;
  steps.run = [](std::size_t, const Announce&) -> std::optional<std::string> {
    for (const int signal : {SIGTERM, SIGHUP, SIGINT}) (void)::raise(signal);
    return "alive";
  };
  steps.ended = [&](std::size_t, std::string_view learnt) { seen = learnt; };
  run_in_child(steps, deadlines_);
  EXPECT_EQ(seen, "alive");
}

TEST_F(ChildTest, NoProcessCanBeStarted) {
  Steps steps;
  steps.count = 2;
  Words reasons;
  steps.gave_up = [&](std::size_t, const GivenUp& why) { reasons.push_back(why.reason); };
  // As root no limit of processes holds, but one of open files does.
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &old), 0);
  const rlimit none{3, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  run_in_child(steps, deadlines_);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &old), 0);
  EXPECT_EQ(reasons, Words(2, "no process could be started: Too many open files"));
}

TEST_F(ChildTest, TheChildHoldsNoStandardStream) {
  Steps steps;
  steps.count = 1;
  std::string seen;
  steps.run = [](std::size_t, const Announce&) -> std::optional<std::string> {
    std::string links;
    for (const char* number : {"0", "1", "2"}) {
      char target[64] = {};
      (void)!::readlink((std::string("/proc/self/fd/") + number).c_str(), target,
                        sizeof target - 1);
      links += std::string(target) + ' ';
    }
    return links + (::getpgrp() == ::getpid() ? "leads" : "follows");
  };
  steps.ended = [&](std::size_t, std::string_view learnt) { seen = learnt; };
  run_in_child(steps, deadlines_);
  EXPECT_EQ(seen, "/dev/null /dev/null /dev/null leads");
}

}  // namespace
}  // namespace driver_override
