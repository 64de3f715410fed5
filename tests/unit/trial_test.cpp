// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules on trial: what a boot decides, and the EFI variable as a plain file.
#include "hook/trial.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "tests/temporary_root.hpp"
#include "tool/advice/trial_advice.hpp"

namespace driver_override {
namespace {

using namespace std::string_literals;

Configuration reading(const std::string& command_line) {
  return parse_configuration_sources({{"command line", command_line}});
}

TEST(JudgeTrial, FollowsTheVariableAndThisBoot) {
  const TrialRecord tried{"a", false};
  const TrialRecord confirmed{"a", true};
  EXPECT_EQ(judge_trial("", tried, ""), Trial::none);
  EXPECT_EQ(judge_trial("a", std::nullopt, ""), Trial::first);
  EXPECT_EQ(judge_trial("b", tried, ""), Trial::first);
  EXPECT_EQ(judge_trial("b", confirmed, "a"), Trial::first);
  EXPECT_EQ(judge_trial("a", tried, ""), Trial::unconfirmed);
  EXPECT_EQ(judge_trial("a", tried, "b"), Trial::unconfirmed);
  EXPECT_EQ(judge_trial("a", tried, "a"), Trial::running);
  EXPECT_EQ(judge_trial("a", std::nullopt, "a"), Trial::running);
  EXPECT_EQ(judge_trial("a", confirmed, "a"), Trial::confirmed);
  EXPECT_EQ(judge_trial("a", confirmed, ""), Trial::confirmed);
}

TEST(TrialHash, IsOfTheTrialRulesAlone) {
  const std::string hash = trial_hash(reading("driver_override=pci,00:1.0=x,trial"));
  EXPECT_EQ(hash.size(), 16U);
  EXPECT_EQ(
      trial_hash(reading("quiet driver_override=pci,00:2.0=y "
                         "driver_override=pci,00:1.0=x,trial driver_override=pci,00:3.0=,trail")),
      hash);
  EXPECT_NE(trial_hash(reading("driver_override=pci,00:1.0=y,trial")), hash);
  EXPECT_NE(trial_hash(reading("driver_override=pci,00:1.0=x,trial,sticky")), hash);
  EXPECT_EQ(trial_hash(reading("driver_override=pci,00:1.0=x")), "");
  const std::string two = "driver_override=pci,00:1.0=x,trial driver_override=pci,00:2.0=x,trial";
  const std::string swapped =
      "driver_override=pci,00:2.0=x,trial driver_override=pci,00:1.0=x,trial";
  EXPECT_NE(trial_hash(reading(two)), trial_hash(reading(swapped)));
}

class TrialTest : public testing::Test {
 protected:
  TrialTest() {
    std::filesystem::create_directories(files_.path(std::string(trial_variable)).parent_path());
  }
  ~TrialTest() override { set_immutable(false); }

  /// \return false if the file system knows no such flag, or we may not set it
  bool set_immutable(bool immutable) {
    const Descriptor file(::open(files_.path(trial_variable).c_str(), O_RDONLY | O_CLOEXEC));
    int flags = 0;
    if (file.number() < 0 || ::ioctl(file.number(), FS_IOC_GETFLAGS, &flags) != 0) return false;
    flags = immutable ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
    return ::ioctl(file.number(), FS_IOC_SETFLAGS, &flags) == 0;
  }

  TemporaryRoot files_;
  std::error_code error_;
};

TEST_F(TrialTest, TheVariableIsReadAsItWasWritten) {
  EXPECT_FALSE(read_trial_variable(files_.root(), error_));
  EXPECT_FALSE(error_);
  write_trial_variable(files_.root(), {"0123", false}, error_);
  EXPECT_FALSE(error_) << error_.message();
  EXPECT_EQ(files_.get(trial_variable), "\x07\0\0\0"s + "0123 tried\n");
  write_trial_variable(files_.root(), {"4567", true}, error_);
  EXPECT_FALSE(error_) << error_.message();
  const auto record = read_trial_variable(files_.root(), error_);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->hash, "4567");
  EXPECT_TRUE(record->confirmed);
  write_trial_variable(files_.root(), {"89ab", false}, error_);
  EXPECT_FALSE(read_trial_variable(files_.root(), error_)->confirmed);
}

TEST_F(TrialTest, AnImmutableVariableIsWrittenAllTheSame) {
  write_trial_variable(files_.root(), {"0123", false}, error_);
  if (!set_immutable(true)) GTEST_SKIP() << "no file can be made immutable here";
  write_trial_variable(files_.root(), {"0123", true}, error_);
  EXPECT_FALSE(error_) << error_.message();
  EXPECT_TRUE(read_trial_variable(files_.root(), error_)->confirmed);
}

TEST_F(TrialTest, WhatIsNoRecordCountsAsNone) {
  for (const std::string& value :
       {""s, "\x07\0\0\0"s, "\x07\0\0\0xyz"s, "\x07\0\0\0xyz never\n"s, "\x07\0\0\0 \n"s}) {
    files_.put(trial_variable, value);
    EXPECT_FALSE(read_trial_variable(files_.root(), error_)) << value;
    EXPECT_FALSE(error_);
  }
}

TEST_F(TrialTest, AVariableThatCannotBeReadIsNotTakenForNone) {
  std::filesystem::create_directories(files_.path(trial_variable));
  EXPECT_FALSE(read_trial_variable(files_.root(), error_));
  EXPECT_EQ(error_, std::errc::is_a_directory);
}

TEST_F(TrialTest, WithoutFirmwareThereIsNone) {
  const TemporaryRoot bios;
  EXPECT_FALSE(read_trial_variable(bios.root(), error_));
  EXPECT_EQ(error_, std::errc::not_supported);
  write_trial_variable(bios.root(), {"0123", false}, error_);
  EXPECT_EQ(error_, std::errc::not_supported);
  EXPECT_FALSE(std::filesystem::exists(bios.path("sys")));
}

/// The rules that hold in a boot with that command line, and what is said of the others.
std::string boot(const TemporaryRoot& files, const std::string& command_line) {
  Configuration configuration = reading(command_line);
  const Root& root = files.root();
  files.put("dev/kmsg", "");
  settle_trial(root, configuration, Log(root));
  std::string text;
  for (const Rule& rule : configuration.rules) text += rule.text + "\n";
  for (const Message& message : configuration.messages) text += message.text + "\n";
  return text;
}

TEST_F(TrialTest, RulesHoldInTheFirstBootAndInLaterOnesOnceConfirmed) {
  const std::string line = "driver_override=pci,00:1.0=x,trial driver_override=pci,00:2.0=y";
  const std::string both = "pci,00:1.0=x,trial\npci,00:2.0=y\n";
  EXPECT_EQ(boot(files_, line), both);
  EXPECT_EQ(boot(files_, line), both) << "later in the same boot";
  std::filesystem::remove_all(files_.path("run"));
  EXPECT_EQ(
      boot(files_, line),
      "pci,00:2.0=y\nthe rule is on trial and left out: an earlier boot has tried it, and "
      "nobody has confirmed it (\"driver-override confirm\"); a changed rule is tried anew\n");
  write_trial_variable(files_.root(), {trial_hash(reading(line)), true}, error_);
  EXPECT_EQ(boot(files_, line), both);
}

TEST_F(TrialTest, WithoutFirmwareTheRulesAreLeftOutAtOnce) {
  const TemporaryRoot bios;
  EXPECT_EQ(boot(bios, "driver_override=pci,00:1.0=x,trial driver_override=pci,00:2.0=y"),
            "pci,00:2.0=y\nthe rule is on trial and left out: this system was not started by EFI, "
            "and nothing else can tell the next boot\n");
  EXPECT_FALSE(std::filesystem::exists(bios.path("run")));
}

TEST_F(TrialTest, WithoutATrialRuleOrSwitchedOffNothingIsWritten) {
  EXPECT_EQ(boot(files_, "driver_override=pci,00:2.0=y"), "pci,00:2.0=y\n");
  (void)boot(files_, "driver_override=pci,00:1.0=x,trial driver_override=off");
  EXPECT_FALSE(std::filesystem::exists(files_.path(trial_variable)));
  EXPECT_FALSE(std::filesystem::exists(files_.path("run")));
}

std::string advice_on(const TemporaryRoot& files, const std::string& command_line) {
  std::string text;
  for (const Message& message : advise_on_trial(files.root(), reading(command_line)))
    text += std::string(severity_name(message.severity)) + ": " + message.text;
  return text;
}

TEST_F(TrialTest, WhatTheNextBootDoesIsSaidBeforehand) {
  const std::string line = "driver_override=pci,00:1.0=x,trial";
  const std::string hash = trial_hash(reading(line));
  EXPECT_EQ(advice_on(files_, "driver_override=pci,00:1.0=x"), "");
  EXPECT_EQ(advice_on(files_, line), "note: rules on trial hold in the next boot alone");
  write_trial_variable(files_.root(), {hash, false}, error_);
  EXPECT_EQ(advice_on(files_, line),
            "warning: rules on trial were tried, not confirmed, and a boot leaves them out");
  files_.put("run/driver-override/trial", "hash " + hash + "\n");
  EXPECT_EQ(advice_on(files_, line),
            "warning: rules on trial hold in this boot, and the next one leaves them out");
  write_trial_variable(files_.root(), {hash, true}, error_);
  EXPECT_EQ(advice_on(files_, line), "");
  const TemporaryRoot bios;
  EXPECT_EQ(
      advice_on(bios, line),
      "warning: a boot leaves the rules on trial out: this system was not started by EFI, and "
      "nothing else can tell the next boot");
}

}  // namespace
}  // namespace driver_override
