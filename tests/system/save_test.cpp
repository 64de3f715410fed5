// SPDX-License-Identifier: LGPL-2.1-or-later
// `save` and `forget`: what they write for later boots, what they refuse, and what they print. The
// text of the file alone is tests/unit/saved_file_test.cpp.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/system/fake_root.hpp"

namespace {

using system_tests::FakeRoot;
using system_tests::RunResult;

constexpr std::string_view machine = R"(
bus pci
bus platform
driver pci e1000
driver pci nvme
driver pci pci-stub
driver pci vfio-pci
device pci 0000:00:10.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:11.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:12.0 class=0x020000
device pci 0000:00:12.1 class=0x020000
device pci 0000:00:1c.0 class=0x060400
device pci 0000:01:00.0 parent=0000:00:1c.0 class=0x020000 vendor=0x10de device=0x2204
device pci 0000:00:14.0 class=0x010802 native=nvme driver=nvme vendor=0x8086 device=0xf1a5
device platform pcspkr
link /dev/block/259:1 /devices/pci0000:00/0000:00:14.0/nvme/nvme0/nvme0n1
link /class/net/eth0 /devices/pci0000:00/0000:00:10.0/net/eth0
link /class/block/vda /devices/pci0000:00/0000:00:11.0/virtio0/block/vda
)";
constexpr const char* file = "etc/driver-override.d/90-saved.conf";

class SaveTest : public system_tests::FakeRootTest {
 protected:
  void SetUp() override {
    FakeRootTest::SetUp();
    if (!IsSkipped()) root_.emplace(machine);
  }

  std::string saved() { return root_->read(file).value_or("none"); }

  std::optional<FakeRoot> root_;
};

TEST_F(SaveTest, WhatIsReplacedIsToldAndWhatHasAnotherClassStays) {
  const RunResult first = root_->run({"save", "pci,00:10=vfio-pci,class=02",
                                      "pci,00:10=pci-stub,class=04", "platform,pcspkr=none"});
  EXPECT_EQ(first.status, 0) << first.err;
  EXPECT_EQ(first.out,
            "saved pci,00:10=vfio-pci,class=02 in /etc/driver-override.d/90-saved.conf\n"
            "saved pci,00:10=pci-stub,class=04 in /etc/driver-override.d/90-saved.conf\n"
            "saved platform,pcspkr=none in /etc/driver-override.d/90-saved.conf\n"
            "to have it in the next boot: the command of your initramfs generator\n");
  const RunResult second = root_->run(
      {"save", "pci,00:10=e1000,class=02;platform,pcspkr=none", "pci,00:10,00:11=none,class=02"});
  EXPECT_EQ(second.status, 0) << second.err;
  EXPECT_EQ(second.out,
            "replaced pci,00:10=vfio-pci,class=02\n"
            "saved pci,00:10=e1000,class=02 in /etc/driver-override.d/90-saved.conf\n"
            "saved platform,pcspkr=none in /etc/driver-override.d/90-saved.conf\n"
            "replaced pci,00:10=e1000,class=02\n"
            "saved pci,00:10,00:11=none,class=02 in /etc/driver-override.d/90-saved.conf\n"
            "to have it in the next boot: the command of your initramfs generator\n");
  EXPECT_EQ(
      saved(),
      "# Edited by \"driver-override save\" and \"forget\"; comments and other lines are kept.\n"
      "pci,00:10=pci-stub,class=04\n"
      "platform,pcspkr=none\n"
      "pci,00:10,00:11=none,class=02\n");
}

TEST_F(SaveTest, AnExemptionInAnotherFileThatIsInVainIsSaid) {
  const std::string keep = "etc/driver-override.d/10-keep.conf";
  ASSERT_EQ(root_->write(keep, "pci,00:10.0=\n"), 0);
  const RunResult result = root_->run({"save", "pci,00:10-11.0=pci-stub"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.err.find("driver-override: warning: \"pci,00:10.0=\" does not exempt pci "
                            "0000:00:10.0: \"pci,00:10-11.0=pci-stub\" comes later and takes it\n"),
            std::string::npos)
      << result.err;
  EXPECT_EQ(root_->run({"save", "pci,00:10.0="}).err.find("exempt"), std::string::npos);
  // Its place is that of the one that it replaces.
  ASSERT_EQ(root_->write(keep, "\n"), 0);
  EXPECT_EQ(root_->run({"save", "pci,00:10-11.0=vfio-pci"}).err.find("exempt"), std::string::npos);
  EXPECT_NE(saved().find("vfio-pci\npci,00:10.0=\n"), std::string::npos) << saved();
  // Of what is given together all is said once.
  const std::string together = root_->run({"save", "pci,00:11.0=;pci,00:11-12.0=pci-stub"}).err;
  EXPECT_NE(together.find("\"pci,00:11.0=\" does not"), std::string::npos) << together;
  EXPECT_EQ(together.find("\"pci,00:11.0=\" does not"), together.rfind("\"pci,00:11.0=\" does not"))
      << together;
}

TEST_F(SaveTest, AnExemptionThatALaterFileLeavesInVainIsSaid) {
  ASSERT_EQ(root_->write("etc/driver-override.d/99-all.conf", "pci,00:10-11.0=pci-stub\n"), 0);
  const RunResult result = root_->run({"save", "pci,00:10.0="});
  EXPECT_EQ(result.status, 0);
  EXPECT_NE(result.err.find("\"pci,00:10.0=\" does not exempt"), std::string::npos) << result.err;
}

TEST_F(SaveTest, ANewlineInANameMakesNoSecondRule) {
  const RunResult result = root_->run({"save", "platform,a\nplatform,b,foo #bar=none"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(saved().substr(saved().find('\n') + 1), "platform,a%0aplatform,b,foo%20%23bar=none\n");
  EXPECT_EQ(root_->run({"check"}).out,
            "platform a%0aplatform, b, foo%20%23bar: driver none "
            "(/etc/driver-override.d/90-saved.conf:2)\n");
}

TEST_F(SaveTest, AFileThatNoBootWouldReadIsNotWritten) {
  const std::string full = "#" + std::string((1U << 20U) - 2, 'x') + "\n";
  ASSERT_EQ(root_->write(file, full), 0);
  const RunResult result = root_->run({"save", "platform,pcspkr=none"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_NE(
      result.err.find("driver-override: error: /etc/driver-override.d/90-saved.conf: it would have "
                      "more than 1 MiB, which no boot reads\n"),
      std::string::npos)
      << result.err;
  EXPECT_EQ(saved(), full);
}

TEST_F(SaveTest, ForgetLeavesTheRestOfAParameter) {
  ASSERT_EQ(root_->write(file, "pci=driver[00:10.0]=vfio-pci,driver[00:11.0]=pci-stub\n"), 0);
  const RunResult result = root_->run({"forget", "00:10.0"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(saved(), "pci=driver[00:11.0]=pci-stub\n");
  EXPECT_EQ(root_->run({"check"}).status, 0);
}

TEST_F(SaveTest, WhatSetWouldRefuseIsSavedWithForceOnly) {
  ASSERT_EQ(root_->write("proc/self/mountinfo", "25 1 259:1 / / rw - ext4 /dev/nvme0n1 rw\n"), 0);
  ASSERT_EQ(root_->write("proc/sys/kernel/osrelease", "6.1.0\n"), 0);
  ASSERT_EQ(root_->write("lib/modules/6.1.0/modules.dep", "kernel/drivers/net/igb.ko:\n"), 0);
  const std::string use = "pci 0000:00:14.0 is in use: the file system on /\n";
  const std::string guard =
      "pci 0000:00:14.0: the rule wants 8086:1234 there, and it is 8086:f1a5\n";
  const std::string driver = "there is no driver \"nosuch\" and no module \"nosuch\"\n";
  for (const auto& [rule, error, warning] :
       std::vector<std::array<std::string, 3>>{{"pci,00:14.0=pci-stub", use, use},
                                               {"pci,00:14.0=pci-stub,id=8086:1234", guard, ""},
                                               {"pci,00:12.0=nosuch", driver, driver}}) {
    const RunResult refused = root_->run({"save", "platform,pcspkr=none", rule});
    EXPECT_EQ(refused.status, 1) << rule;
    EXPECT_EQ(refused.out, "") << rule;
    EXPECT_EQ(refused.err.substr(0, error.size() + 24), "driver-override: error: " + error) << rule;
    EXPECT_NE(refused.err.find("driver-override: error: nothing is saved\n"
                               "  hint: --force saves it all the same\n"),
              std::string::npos)
        << refused.err;
    EXPECT_EQ(saved(), "none") << rule;
    const RunResult forced = root_->run({"save", "--force", "platform,pcspkr=none", rule});
    EXPECT_EQ(forced.status, 0) << forced.err;
    EXPECT_EQ(forced.err.find("error"), std::string::npos) << forced.err;
    EXPECT_NE(forced.err.find(warning), std::string::npos) << forced.err;
    EXPECT_NE(saved().find("\nplatform,pcspkr=none\n" + rule + "\n"), std::string::npos) << saved();
    std::filesystem::remove(root_->path() / file);
  }
}

TEST_F(SaveTest, AModuleOrARegisteredDriverIsEnough) {
  ASSERT_EQ(root_->write("proc/sys/kernel/osrelease", "6.1.0\n"), 0);
  ASSERT_EQ(root_->write("lib/modules/6.1.0/modules.dep", "kernel/drivers/net/igb.ko:\n"), 0);
  const RunResult result =
      root_->run({"save", "pci,00:12.0=igb", "pci,00:12.1=vfio-pci", "platform,pcspkr=x,module=igb",
                  "pci,00:1c.0=", "pci,00:1f.0=none"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.err.find("driver-override: warning: no device matches \"pci,00:1f.0=none\"\n"),
            std::string::npos)
      << result.err;
}

constexpr const char* next_boot =
    "to be rid of it in the next boot: the command of your initramfs generator\n";

TEST_F(SaveTest, OnBootcTheRulesBecomeKernelArguments) {
  ASSERT_EQ(root_->write("usr/bin/bootc", ""), 0);
  ASSERT_EQ(root_->write("run/ostree-booted", ""), 0);
  EXPECT_EQ(root_->run({"save", "pci,00:10.0=vfio-pci", "pci,00:11.0=pci-stub"}).out,
            "saved pci,00:10.0=vfio-pci in /etc/driver-override.d/90-saved.conf\n"
            "saved pci,00:11.0=pci-stub in /etc/driver-override.d/90-saved.conf\n"
            "to have it in the next boot: rpm-ostree kargs "
            "--append-if-missing='driver_override=pci,00:10.0=vfio-pci' "
            "--append-if-missing='driver_override=pci,00:11.0=pci-stub'\n");
  EXPECT_EQ(root_->run({"forget", "00:10.0", "00:11.0"}).out,
            "forgot pci,00:10.0=vfio-pci\n"
            "forgot pci,00:11.0=pci-stub\n"
            "to be rid of it in the next boot: rpm-ostree kargs "
            "--delete-if-present='driver_override=pci,00:10.0=vfio-pci' "
            "--delete-if-present='driver_override=pci,00:11.0=pci-stub'\n");
}

TEST_F(SaveTest, ForgetTakesInterfacesAndNodes) {
  ASSERT_EQ(root_->write(file, "pci,00:10.0=vfio-pci\npci,0000:00:11.0,00:12.0=pci-stub\n"), 0);
  const RunResult interface = root_->run({"forget", "eth0"});
  EXPECT_EQ(interface.status, 0) << interface.err;
  EXPECT_EQ(interface.out, std::string("forgot pci,00:10.0=vfio-pci\n") + next_boot);
  const RunResult node = root_->run({"forget", "/dev/vda"});
  EXPECT_EQ(node.status, 0) << node.err;
  EXPECT_EQ(node.out, std::string("forgot pci,0000:00:11.0=pci-stub\n") + next_boot);
  EXPECT_EQ(saved(), "pci,00:12.0=pci-stub\n");
  const RunResult nothing = root_->run({"forget", "eth7"});
  EXPECT_EQ(nothing.status, 1);
  EXPECT_EQ(nothing.err,
            "driver-override: error: there is no device \"eth7\"; name it as BUS,NAME, by its PCI "
            "address, as a network interface, as a node in /dev or by its path in /sys\n");
}

TEST_F(SaveTest, ForgetTakesNoPatternForOneOfItsDevices) {
  for (const std::string pattern : {"00:10-13.0", "00:1?.0", "00:12.0-1", "pci:1234:5678"}) {
    const std::string rule = "pci," + pattern + "=pci-stub";
    ASSERT_EQ(root_->write(file, rule + "\n"), 0);
    const bool is_ids = pattern[0] == 'p';
    const RunResult result = root_->run({"forget", "00:12.0"});
    EXPECT_EQ(result.status, 1) << pattern;
    EXPECT_EQ(result.out, "") << pattern;
    EXPECT_EQ(result.err, is_ids ? "driver-override: error: no rule names \"00:12.0\"\n"
                                 : "driver-override: error: \"00:12.0\" is still named by \"" +
                                       rule + "\" in /etc/driver-override.d/90-saved.conf:1\n");
    EXPECT_EQ(saved(), rule + "\n");
    EXPECT_EQ(root_->run({"forget", pattern}).status, 0) << pattern;
    EXPECT_EQ(saved(), "") << pattern;
  }
  ASSERT_EQ(root_->write(file, "pci,pci:10de:2204=pci-stub\n"), 0);
  EXPECT_EQ(
      root_->run({"forget", "01:00.0"}).err,
      "driver-override: error: \"01:00.0\" is still named by \"pci,pci:10de:2204=pci-stub\" in "
      "/etc/driver-override.d/90-saved.conf:1\n");
}

TEST_F(SaveTest, ForgetTakesWhatSpellsTheDeviceOut) {
  const auto left = [&](const std::string& parts, const std::string& word) {
    EXPECT_EQ(root_->write(file, "pci," + parts + "=x\n"), 0);
    EXPECT_EQ(root_->run({"forget", word}).status, 0) << parts << ' ' << word;
    return saved();
  };
  EXPECT_EQ(left("00:12,00:1e.0", "00:12.0"), "pci,00:1e.0=x\n");
  EXPECT_EQ(left("00:1c.0/00,00:1e.0", "01:00.0"), "pci,00:1e.0=x\n");
  EXPECT_EQ(left("01:00.0,01:00,00:1e.0", "00:1c.0/00.0"), "pci,00:1e.0=x\n");
  EXPECT_EQ(left("00:12.0,00:12.1,00:12.7,00:1e.0", "00:12"), "pci,00:1e.0=x\n");
  EXPECT_EQ(left("0000:00:1d.0,00:1d,00:1e.0", "00:1d.0"), "pci,00:1e.0=x\n");
  EXPECT_EQ(left("00:12.0,00:12.1", "00:12.1"), "pci,00:12.0=x\n");
}

TEST_F(SaveTest, NeitherTheKillSwitchNorABadRuleIsSaved) {
  const RunResult off = root_->run({"save", "driver_override=off", "pci,00:10.0=pci-stub"});
  EXPECT_EQ(off.status, 1);
  EXPECT_EQ(off.err,
            "driver-override: error: driver_override=off works on the kernel command line only\n");
  EXPECT_EQ(root_->run({"save", "pci,00:10.0=pci-stub", "pci,00:11.0==x"}).status, 1);
  EXPECT_EQ(saved(), "none");
}

/// On the system itself, where the first thing that is not permitted says little.
TEST_F(SaveTest, WhoIsNotRootIsToldSo) {
  system_tests::RunOptions nobody = {.with_root = false};
  if (::geteuid() == 0)
    nobody.wrapper = {"/bin/sh", "-c",
                      "exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"", "sh"};
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"save", "platform,no-such-device=none"},
                                             {"forget", "platform,no-such-device"},
                                             {"forget", "--all"},
                                             {"clear", "platform,no-such-device"},
                                             {"clear", "--all"},
                                             {"set", "platform,no-such-device=none"},
                                             {"apply"},
                                             {"apply", "--finish"}}) {
    const RunResult result = root_->run(words, nobody);
    if (result.err.find("setpriv: ") == 0) GTEST_SKIP() << "nobody may not run it: " << result.err;
    EXPECT_EQ(result.status, 1) << words[0];
    EXPECT_EQ(result.out, "") << words[0];
    EXPECT_EQ(result.err,
              "driver-override: error: only root may change the system: run it as root\n")
        << words[0];
  }
}

/// Everybody can open the folder, and lock what can be opened (flock(2)).
TEST_F(SaveTest, WhoeverLocksTheFolderHoldsNobodyUp) {
  ASSERT_EQ(root_->write(file, "pci,00:11.0=pci-stub\n"), 0);
  const int stranger =
      ::open((root_->path() / "etc/driver-override.d").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(stranger, LOCK_EX | LOCK_NB), 0);
  const RunResult result = root_->run({"save", "pci,00:10.0=pci-stub"});
  ::close(stranger);
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(saved(), "pci,00:11.0=pci-stub\npci,00:10.0=pci-stub\n");
  EXPECT_EQ(std::filesystem::status(root_->path() / "run/driver-override/saved.lock").permissions(),
            std::filesystem::perms(0600));
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(root_->path() / "etc/driver-override.d"))
    ++files;
  EXPECT_EQ(files, 1U);
}

}  // namespace
