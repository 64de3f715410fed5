// SPDX-License-Identifier: LGPL-2.1-or-later
// How saved rules come into the next boot, on each kind of system.
#include <gtest/gtest.h>

#include "parser/rule_parser.hpp"
#include "tests/temporary_root.hpp"
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

/// The tests of the generators, with what each of them needs to have our part in its images.
class GeneratorTest : public RebuildTest {
 protected:
  std::string command() { return RebuildTest::command("", "pci,1:0.0=x"); }

  void put_dracut() {
    files_.put("usr/bin/dracut", "");
    files_.put("usr/lib/dracut/modules.d/50driver-override/module-setup.sh", "");
  }
  void put_initramfs_tools() {
    files_.put("usr/sbin/update-initramfs", "#!/bin/sh\nmkinitramfs -o x\n");
    files_.put("usr/share/initramfs-tools/hooks/driver-override", "");
  }
  void put_mkinitcpio() {
    files_.put("usr/bin/mkinitcpio", "");
    files_.put("usr/lib/initcpio/install/driver-override", "");
    files_.put("etc/mkinitcpio.conf", "HOOKS=(base driver-override udev)\n");
  }
  void remove(const char* file) { std::filesystem::remove(files_.path(file)); }
};

constexpr const char* regenerate = "dracut --force --regenerate-all";
constexpr const char* update = "update-initramfs -u -k all";

TEST_F(GeneratorTest, TheOneThatIsThereIsNamed) {
  EXPECT_EQ(command(), "the command of your initramfs generator");
  put_dracut();
  EXPECT_EQ(command(), regenerate);
  EXPECT_EQ(rebuild_command(files_.root()), regenerate);
}

TEST_F(GeneratorTest, InitramfsToolsBesideDracutCoreBuildsTheImages) {
  put_dracut();
  files_.put("usr/sbin/mkinitramfs", "");  // initramfs-tools-core alone builds none
  EXPECT_EQ(command(), regenerate);
  put_initramfs_tools();
  EXPECT_EQ(command(), update);
  remove("usr/share/initramfs-tools/hooks/driver-override");
  EXPECT_EQ(command(), std::string(update) +
                           "\n  note: initramfs-tools builds this system's images, without "
                           "driver-override: /usr/share/initramfs-tools/hooks/driver-override is "
                           "missing");
}

TEST_F(GeneratorTest, DracutsOwnUpdateInitramfsMeansDracut) {
  put_dracut();
  files_.put("usr/sbin/mkinitramfs", "");
  files_.put("usr/sbin/update-initramfs", "#!/bin/sh\ndracut --force\n");
  EXPECT_EQ(command(), update);
  remove("usr/lib/dracut/modules.d/50driver-override/module-setup.sh");
  EXPECT_EQ(command(),
            std::string(update) +
                "\n  note: dracut builds this system's images, without driver-override: "
                "/usr/lib/dracut/modules.d/50driver-override/module-setup.sh is missing");
}

TEST_F(GeneratorTest, MkinitcpioNamesTheHookInItsConfiguration) {
  const std::string without =
      "mkinitcpio -P\n  note: mkinitcpio builds this system's images, without driver-override: ";
  put_mkinitcpio();
  EXPECT_EQ(command(), "mkinitcpio -P");
  files_.put("etc/mkinitcpio.conf",
             "# HOOKS=(base driver-override udev)\nHOOKS=(base # driver-override\n)");
  EXPECT_EQ(command(), without + "HOOKS= in /etc/mkinitcpio.conf does not name driver-override");
  files_.put("etc/mkinitcpio.conf.d/own.conf", "HOOKS=(\n  base\n  driver-override\n)");
  EXPECT_EQ(command(), "mkinitcpio -P");
  remove("usr/lib/initcpio/install/driver-override");
  EXPECT_EQ(command(), without + "/usr/lib/initcpio/install/driver-override is missing");
}

TEST_F(GeneratorTest, OfMkinitcpioAndDracutTheOneThatIsSetUpCounts) {
  put_mkinitcpio();
  put_dracut();
  EXPECT_EQ(command(), regenerate);
  files_.put("etc/mkinitcpio.d/linux.preset", "");
  EXPECT_EQ(command(), "mkinitcpio -P");
  files_.put("usr/lib/kernel/install.conf", "layout=bls\ninitrd_generator=dracut\n");
  EXPECT_EQ(command(), regenerate);
  files_.put("etc/kernel/install.conf", "#initrd_generator=dracut\ninitrd_generator=mkinitcpio");
  EXPECT_EQ(command(), "mkinitcpio -P");
  files_.put("etc/kernel/install.conf", "initrd_generator=none\n");
  EXPECT_EQ(command(), "mkinitcpio -P");
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
