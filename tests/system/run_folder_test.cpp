// SPDX-License-Identifier: LGPL-2.1-or-later
// A /run that cannot be written, or holds what nobody can read: that is told, the devices are bound
// all the same, and no rule takes more than it says. A further state of /run belongs here.
#include <sys/mount.h>

#include <filesystem>

#include "tests/system/fault_test.hpp"

namespace {

using system_tests::FaultRun;
namespace fs = std::filesystem;

constexpr std::string_view machine = R"(
bus pci
driver pci e1000
device pci 0000:00:10.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:11.0 class=0x020000 native=e1000
device pci 0000:00:12.0 class=0x020000 native=e1000
module pci-stub registers pci pci-stub
)";
/// A pattern with an exception, which a lost rule would widen.
constexpr std::string_view rules =
    "driver_override=pci,00:1[0-2].0=x;pci,00:1?.0=pci-stub;pci,00:12.0=";
constexpr std::string_view two_cards = "driver_override=pci,00:11.0,00:12.0=pci-stub";

class RunFolderTest : public FaultRun {
 protected:
  void TearDown() override {
    if (is_mounted_ && ::umount2(run_.c_str(), MNT_DETACH) != 0) ADD_FAILURE() << run_;
    FaultRun::TearDown();
  }

  /// A file system of its own on /run; skips if that is not permitted.
  void mount_run(const char* options, unsigned long flags) {
    run_ = (root_->path() / "run").string();
    is_mounted_ = ::mount("none", run_.c_str(), "tmpfs", flags, options) == 0;
    if (!is_mounted_) GTEST_SKIP() << "no tmpfs can be mounted here";
  }

  void expect_both_bound_and_told(const std::string& reason) {
    for (const char* slot : {"00:11.0", "00:12.0"}) EXPECT_EQ(driver(slot), "pci-stub") << log();
    EXPECT_EQ(accesses_to("00:10.0"), 0U);
    EXPECT_TRUE(
        is_logged("<27>driver-override: /run/driver-override/rules: the rules cannot be "
                  "kept for later: " +
                  reason + "\n"))
        << log();
    EXPECT_TRUE(is_logged(
        "<27>driver-override: /run/driver-override: what is done cannot be recorded: " + reason +
        "\n"))
        << log();
  }

  void expect_finish_does_nothing(const std::string& saved) {
    ASSERT_EQ(root_->write("run/driver-override/rules", saved), 0);
    root_->clear_log();
    const auto result = root_->run({"apply", "--finish"});
    EXPECT_EQ(result.status, 1);
    EXPECT_TRUE(
        is_logged("<27>driver-override: /run/driver-override/rules: Bad message; nothing "
                  "is done, as an exception might be lost\n"))
        << log();
    EXPECT_EQ(root_->log(), std::vector<std::string>{}) << saved;
  }

  std::string run_;
  bool is_mounted_ = false;
};

TEST_F(RunFolderTest, AFullOneIsToldAndTheDevicesAreBound) {
  boot(machine, two_cards);
  mount_run("size=4k,nr_inodes=20", 0);
  if (IsSkipped()) return;
  ASSERT_EQ(root_->write("run/filler", std::string(4096, 'x')), 0);
  apply();
  expect_both_bound_and_told("No space left on device");
}

TEST_F(RunFolderTest, AReadOnlyOneIsToldAndTheDevicesAreBound) {
  boot(machine, two_cards);
  mount_run("", MS_RDONLY);
  if (IsSkipped()) return;
  apply();
  expect_both_bound_and_told("Read-only file system");
}

TEST_F(RunFolderTest, AFileInPlaceOfTheFolderIsToldAndTheDevicesAreBound) {
  boot(machine, two_cards);
  ASSERT_EQ(root_->write("run/driver-override", "x"), 0);
  apply();
  expect_both_bound_and_told("Not a directory");
}

TEST_F(RunFolderTest, NoneAtAllIsMade) {
  boot(machine, two_cards);
  fs::remove_all(root_->path() / "run");
  apply();
  EXPECT_EQ(result_.status, 0) << log();
  EXPECT_TRUE(is_claimed_as("00:11.0", "done"));
}

TEST_F(RunFolderTest, AClaimOfGarbageIsReplaced) {
  boot(machine, two_cards);
  ASSERT_EQ(root_->write("run/driver-override/devices/pci,0000:00:11.0", "\xFF\x00garbage\n"), 0);
  apply();
  EXPECT_EQ(result_.status, 0) << log();
  EXPECT_EQ(driver("00:11.0"), "pci-stub");
  EXPECT_TRUE(is_claimed_as("00:11.0", "done"));
}

TEST_F(RunFolderTest, AFolderInPlaceOfAClaimIsToldAndTheDeviceIsBound) {
  boot(machine, two_cards);
  fs::create_directories(root_->path() / "run/driver-override/devices/pci,0000:00:11.0");
  apply();
  for (const char* slot : {"00:11.0", "00:12.0"}) EXPECT_EQ(driver(slot), "pci-stub");
  EXPECT_TRUE(is_logged("what is done cannot be recorded: ")) << log();
  EXPECT_TRUE(is_claimed_as("00:12.0", "done"));
}

/// Nobody knows what was done with the device, so only a run by hand takes it.
TEST_F(RunFolderTest, AClaimOfGarbageIsRespectedLater) {
  boot(machine, two_cards);
  ASSERT_EQ(root_->write("etc/initrd-release", ""), 0);
  replace_modprobe("exit 1");
  apply();
  ASSERT_TRUE(is_claimed_as("00:11.0", "waiting")) << claim("00:11.0");
  ASSERT_EQ(root_->write("run/driver-override/devices/pci,0000:00:11.0", "inode 1\nstate x"), 0);
  replace_modprobe("echo load pci-stub >\"$root/sys/.control\"");
  root_->clear_log();
  EXPECT_EQ(root_->run({"apply", "--finish"}).status, 1);
  EXPECT_EQ(driver("00:12.0"), "pci-stub") << log();
  for (const std::string& line : root_->log())
    EXPECT_FALSE(line.rfind("write", 0) == 0 && line.find("00:11.0") != std::string::npos) << line;
}

TEST_F(RunFolderTest, SavedRulesOfGarbageWidenNothing) {
  boot(machine, rules);
  for (const char* saved : {"", "\xFF\xFE", "end", "source a\n", "\n\n\n"})
    expect_finish_does_nothing(saved);
  EXPECT_EQ(driver("00:10.0"), "e1000");
}

TEST_F(RunFolderTest, SavedRulesThatAreCutWidenNothing) {
  boot(machine, rules);
  apply();
  const std::string whole = root_->read("run/driver-override/rules").value_or("");
  ASSERT_GT(whole.size(), 40U);
  for (std::size_t length = 0; length < whole.size(); length += 13)
    expect_finish_does_nothing(whole.substr(0, length));
  expect_finish_does_nothing(whole.substr(0, whole.size() - 1));
}

TEST_F(RunFolderTest, SavedRulesOfGarbageAreReplacedByARunByHand) {
  boot(machine, two_cards);
  ASSERT_EQ(root_->write("run/driver-override/rules", "\xFF"), 0);
  apply();
  EXPECT_EQ(result_.status, 0) << log();
  EXPECT_EQ(root_->run({"apply", "--finish"}).status, 0) << log();
}

}  // namespace
