// SPDX-License-Identifier: LGPL-2.1-or-later
// Boots with a rule on trial, as far as plain files can show them: which boot writes the override,
// what the EFI variable holds, and what is said.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/trees/machine.hpp"

namespace {

namespace fs = std::filesystem;

constexpr const char* machine_text =
    "bus pci\n"
    "driver pci pci-stub built-in=pci_stub\n"
    "pci 0000:00:11.0 020000 8086:100e\n"
    "pci 0000:00:12.0 020000 8086:100e\n";
constexpr const char* variable =
    "sys/firmware/efi/efivars/DriverOverrideTrial-9f3c1b62-5d0e-4a7e-b1c4-2e6a8d70f5a9";

class TrialBoots : public testing::Test {
 protected:
  TrialBoots() {
    fs::create_directories(machine_ / "sys/firmware/efi/efivars");
    put("etc/initrd-release", "");
  }

  void put(const std::string& path, const std::string& text) const {
    fs::create_directories((machine_ / path).parent_path());
    std::ofstream(machine_ / path, std::ios::binary) << text;
  }

  shell::Ending run(const std::string& arguments) const {
    return shell::run(std::string(DRIVER_OVERRIDE_PATH) + " " + arguments + " --root '" +
                      machine_.path().string() + "' 2>&1");
  }

  /// A boot: nothing in /run, no override, and the early hook.
  void boot(const std::string& command_line) const {
    fs::remove_all(machine_ / "run");
    put("dev/kmsg", "");
    put("proc/cmdline", command_line + "\n");
    for (const char* slot : {"11.0", "12.0"}) put(override_file(slot), "(null)\n");
    (void)run("apply --timeout 1");
  }

  static std::string override_file(const std::string& slot) {
    return "sys/bus/pci/devices/0000:00:" + slot + "/driver_override";
  }
  std::string override_of(const std::string& slot) const {
    return machine_.read(override_file(slot)).substr(0, 8);
  }
  std::string log() const { return machine_.read("dev/kmsg"); }
  std::string state() const {
    const std::string value = machine_.read(variable);
    const std::size_t blank = value.find(' ');
    return blank == std::string::npos ? "" : value.substr(blank + 1, value.find('\n') - blank - 1);
  }
  bool says(const std::string& text, const std::string& part) const {
    return text.find(part) != std::string::npos;
  }

  device_trees::Machine machine_{machine_text};
  const std::string rule_ = "driver_override=pci,00:11.0=pci-stub,trial";
};

TEST_F(TrialBoots, ARuleHoldsInOneBootUntilItIsConfirmed) {
  boot(rule_);
  EXPECT_EQ(override_of("11.0"), "pci-stub");
  EXPECT_EQ(state(), "tried");
  EXPECT_TRUE(says(log(), "rules are on trial: they hold in this boot")) << log();
  EXPECT_TRUE(says(run("status").output, "rules are on trial: they hold in this boot alone"));

  boot(rule_);
  EXPECT_EQ(override_of("11.0"), "(null)\n");
  EXPECT_TRUE(says(log(), "the rule is on trial and left out: an earlier boot has tried it"))
      << log();
  const shell::Ending status = run("status");
  EXPECT_EQ(status.status, 1);
  EXPECT_TRUE(says(status.output, "the rule is on trial and left out")) << status.output;

  EXPECT_TRUE(says(run("confirm --if-held").output, "nothing is confirmed"));
  EXPECT_EQ(state(), "tried");
  const shell::Ending confirmed = run("confirm");
  EXPECT_EQ(confirmed.status, 0) << confirmed.output;
  EXPECT_EQ(state(), "confirmed");

  for (int round = 0; round < 2; ++round) {
    boot(rule_);
    EXPECT_EQ(override_of("11.0"), "pci-stub");
    EXPECT_EQ(state(), "confirmed");
    EXPECT_FALSE(says(log(), "trial and")) << log();
  }
}

TEST_F(TrialBoots, ItIsConfirmedInTheBootInWhichItHolds) {
  boot(rule_);
  EXPECT_EQ(run("confirm --if-held").status, 0);
  EXPECT_EQ(state(), "confirmed");
  EXPECT_EQ(run("confirm").output, "the rules on trial are confirmed already\n");
  boot(rule_);
  EXPECT_EQ(override_of("11.0"), "pci-stub");
}

TEST_F(TrialBoots, AChangedRuleIsTriedAnew) {
  boot(rule_);
  boot(rule_);
  const std::string changed = rule_ + " driver_override=pci,00:12.0=pci-stub,trial";
  boot(changed);
  EXPECT_EQ(override_of("11.0"), "pci-stub");
  EXPECT_EQ(override_of("12.0"), "pci-stub");
  boot(changed);
  EXPECT_EQ(override_of("11.0"), "(null)\n");
  boot(rule_);
  EXPECT_EQ(override_of("11.0"), "pci-stub");
}

TEST_F(TrialBoots, WithoutTheRuleThereIsWhatWasThereBefore) {
  const std::string line =
      "driver_override=pci,00:1?.0=pci-stub driver_override=pci,00:12.0=,trial";
  boot(line);
  EXPECT_EQ(override_of("11.0"), "pci-stub");
  EXPECT_EQ(override_of("12.0"), "(null)\n");
  boot(line);
  EXPECT_EQ(override_of("12.0"), "pci-stub");
}

TEST_F(TrialBoots, ALaterLookInTheSameBootIsNoOther) {
  boot(rule_);
  (void)run("apply --timeout 1");
  EXPECT_EQ(run("status").output.find("left out"), std::string::npos);
  fs::remove(machine_ / "etc/initrd-release");
  (void)run("apply --finish --timeout 1");
  EXPECT_EQ(run("status").output.find("left out"), std::string::npos);
  EXPECT_EQ(state(), "tried");
}

TEST_F(TrialBoots, TheRealRootDecidesIfNoEarlyHookHas) {
  fs::remove(machine_ / "etc/initrd-release");
  put("proc/cmdline", rule_ + "\n");
  (void)run("apply --finish --timeout 1");
  EXPECT_EQ(override_of("11.0"), "pci-stub");
  EXPECT_EQ(state(), "tried");
}

TEST_F(TrialBoots, ARuleThatTheImageLacksIsNotTried) {
  boot("quiet");
  fs::remove(machine_ / "etc/initrd-release");
  put("etc/driver-override.d/a.conf", "pci,00:11.0=pci-stub,trial\n");
  (void)run("apply --finish --timeout 1");
  EXPECT_EQ(override_of("11.0"), "(null)\n");
  EXPECT_EQ(state(), "");
  EXPECT_TRUE(says(log(), "the image lacks it")) << log();
}

TEST_F(TrialBoots, TheKillSwitchTriesNothing) {
  boot(rule_ + " driver_override=off");
  EXPECT_EQ(state(), "");
  boot(rule_);
  EXPECT_EQ(override_of("11.0"), "pci-stub");
}

TEST_F(TrialBoots, WithoutEfiItIsLeftOut) {
  fs::remove_all(machine_ / "sys/firmware");
  boot(rule_);
  EXPECT_EQ(override_of("11.0"), "(null)\n");
  EXPECT_TRUE(says(log(), "left out: this system was not started by EFI")) << log();
  EXPECT_EQ(run("confirm").status, 1);
}

TEST_F(TrialBoots, IfTheVariableCannotBeWrittenItIsLeftOut) {
  fs::remove_all(machine_ / "sys/firmware/efi/efivars");
  boot(rule_);
  EXPECT_EQ(override_of("11.0"), "(null)\n");
  EXPECT_TRUE(
      says(log(), "left out: the EFI variable that would tell the next boot cannot be used"))
      << log();
}

TEST_F(TrialBoots, ConfirmKnowsWhereThereIsNothingToConfirm) {
  boot("quiet");
  EXPECT_EQ(run("confirm").output, "no rule is on trial\n");
  fs::remove_all(machine_ / "run");
  put("proc/cmdline", rule_ + "\n");
  const shell::Ending ending = run("confirm");
  EXPECT_EQ(ending.status, 1);
  EXPECT_TRUE(says(ending.output, "were not tried in this boot")) << ending.output;
  EXPECT_EQ(state(), "");
}

TEST_F(TrialBoots, SaveWritesTheOption) {
  const shell::Ending ending = run("save --trial pci,00:11.0=pci-stub");
  EXPECT_EQ(ending.status, 0) << ending.output;
  EXPECT_TRUE(says(ending.output, "rules on trial hold in the next boot alone")) << ending.output;
  EXPECT_TRUE(
      says(machine_.read("etc/driver-override.d/90-saved.conf"), "\npci,00:11.0=pci-stub,trial\n"));
}

}  // namespace
