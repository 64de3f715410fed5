// SPDX-License-Identifier: LGPL-2.1-or-later
// How saved rules come into the next boot, on each kind of system.
#include "parser/rule_parser.hpp"
#include "tests/unit/temporary_root.hpp"
#include "tool/machine/image_command.hpp"

namespace driver_override {
namespace {

std::vector<Rule> rules(const std::string& text) {
  return parse_rules(text, 0).rules;
}

class RebuildTest : public testing::Test {
 protected:
  std::string command(const std::string& before, const std::string& after) {
    return rebuild_command(files_.root(), rules(before), rules(after));
  }

  TemporaryRoot files_;
};

TEST_F(RebuildTest, TheGeneratorOfTheSystemIsNamed) {
  EXPECT_EQ(command("", "pci,1:0.0=x"), "the command of your initramfs generator");
  files_.put("usr/bin/dracut", "");
  EXPECT_EQ(command("", "pci,1:0.0=x"), "dracut --force --regenerate-all");
  EXPECT_EQ(rebuild_command(files_.root()), "dracut --force --regenerate-all");
  files_.put("usr/sbin/update-initramfs", "");
  EXPECT_EQ(command("", "pci,1:0.0=x"), "update-initramfs -u -k all");
  files_.put("usr/bin/mkinitcpio", "");
  EXPECT_EQ(command("pci,1:0.0=x", ""), "mkinitcpio -P");
}

constexpr const char* track =
    "rpm-ostree initramfs-etc --force-sync --track=/etc/driver-override.d/90-saved.conf\n"
    "  note: the base image must have driver-override in its initramfs";

TEST_F(RebuildTest, AnImageOfOstreeIsNeverRebuiltHere) {
  files_.put("usr/bin/dracut", "");
  files_.put("run/ostree-booted", "");
  EXPECT_EQ(command("", "pci,1:0.0=x"), track);
  EXPECT_EQ(command("pci,1:0.0=x", ""), track);
  EXPECT_EQ(rebuild_command(files_.root()), track);
}

class BootcTest : public RebuildTest {
 protected:
  BootcTest() {
    files_.put("usr/bin/dracut", "");
    files_.put("usr/bin/bootc", "");
    files_.put("run/ostree-booted", "");
  }
};

TEST_F(BootcTest, SavedRulesAreKernelArguments) {
  EXPECT_EQ(command("", "pci,01:00.0=vfio-pci"),
            "rpm-ostree kargs --append-if-missing='driver_override=pci,01:00.0=vfio-pci'");
  EXPECT_EQ(command("pci,*:*:*.*=x,class=0108", "pci,*:*:*.*=x,class=0108;platform,it's a $b=none"),
            "rpm-ostree kargs --append-if-missing='driver_override=pci,*:*:*.*=x,class=0108' "
            "--append-if-missing='driver_override=platform,it%27s%20a%20%24b=none'");
  EXPECT_EQ(rebuild_command(files_.root()),
            "rpm-ostree kargs --append-if-missing='driver_override=RULE' for each of them");
}

TEST_F(BootcTest, ForgottenRulesAreDeleted) {
  EXPECT_EQ(command("pci,01:00.0=x;pci,02:00.0=x;pci,03:00.0=x", "pci,01:00.0=x;pci,03:00.0=x"),
            "rpm-ostree kargs --delete-if-present='driver_override=pci,02:00.0=x'");
  EXPECT_EQ(command("pci,01:00.0=x;pci,02:00.0=x", ""),
            "rpm-ostree kargs --delete-if-present='driver_override=pci,01:00.0=x' "
            "--delete-if-present='driver_override=pci,02:00.0=x'");
}

/// The last rule that names a device decides, and what is appended stands last.
TEST_F(BootcTest, WhatStandsBehindAChangedRuleIsAppendedAnew) {
  EXPECT_EQ(command("pci,01:00.0=a;pci,01:00.0,02:00.0=x;pci,02:00.0=",
                    "pci,01:00.0=a;pci,02:00.0=x;pci,02:00.0="),
            "rpm-ostree kargs --delete-if-present='driver_override=pci,01:00.0,02:00.0=x' "
            "--delete-if-present='driver_override=pci,02:00.0=' "
            "&& rpm-ostree kargs --append-if-missing='driver_override=pci,01:00.0=a' "
            "--append-if-missing='driver_override=pci,02:00.0=x' "
            "--append-if-missing='driver_override=pci,02:00.0='");
}

TEST_F(BootcTest, ARuleThatIsThereTwiceIsOneArgument) {
  EXPECT_EQ(command("pci,01:00.0=x;pci,01:00.0=x;pci,02:00.0=y", "pci,01:00.0=x"),
            "rpm-ostree kargs --delete-if-present='driver_override=pci,02:00.0=y'");
}

TEST_F(BootcTest, ABadRuleIsNoArgument) {
  EXPECT_EQ(command("", "pci,01:00.0==x;pci,02:00.0=y"),
            "rpm-ostree kargs --append-if-missing='driver_override=pci,02:00.0=y'");
}

}  // namespace
}  // namespace driver_override
