// SPDX-License-Identifier: LGPL-2.1-or-later
// Files of rules that others than root can write, on a root that is the system's own: whoever can
// write rules could have any module loaded.
#include <unistd.h>

#include <cstdlib>

#include "tests/system/surroundings.hpp"

namespace {

using system_tests::is_shipped;
using system_tests::RunResult;
using system_tests::SurroundingsTest;
namespace fs = std::filesystem;

/// Files of rules on the system itself, as its own root: a program without libraries needs no more
/// than the folder.
class DropInWritersTest : public SurroundingsTest {
 protected:
  void SetUp() override {
    SurroundingsTest::SetUp();
    if (IsSkipped()) return;
    if (!is_shipped()) GTEST_SKIP() << "a program with libraries does not run there";
    if (::geteuid() != 0) GTEST_SKIP() << "only root can change roots and owners";
    FaultRun::boot(system_tests::spared_machine, "quiet");
    fs::copy_file(std::getenv("DRIVER_OVERRIDE_PROGRAM"), root_->path() / "program");
    ASSERT_EQ(root_->write("etc/driver-override.d/10.conf", "pci,00:10.0=pci-stub\n"), 0);
  }

  RunResult run_as_its_own_root(const std::string& command) {
    // The program's own path, which stands behind that, is none there.
    return root_->run(
        {}, {.with_root = false,
             .wrapper = {"/bin/sh", "-c",
                         "exec chroot " + root_->path().string() + " /program " + command}});
  }

  fs::path file() { return root_->path() / "etc/driver-override.d/10.conf"; }

  /// The file is refused with that reason, and may have held an exception.
  void expect_refused(const std::string& name, const std::string& reason) {
    const RunResult result = run_as_its_own_root("check");
    EXPECT_EQ(result.status, 1);
    EXPECT_NE((result.out + result.err).find(name + ": not read, as " + reason), std::string::npos)
        << result.out << result.err;
    EXPECT_EQ((result.out + result.err).find("pci,00:10.0"), std::string::npos) << result.out;
  }
};

TEST_F(DropInWritersTest, AFileOfRootsAloneIsRead) {
  EXPECT_EQ(run_as_its_own_root("check").status, 0);
}

TEST_F(DropInWritersTest, AFileOfSomebodyElseIsRefused) {
  ASSERT_EQ(::chown(file().c_str(), 1000, 0), 0);
  expect_refused("/etc/driver-override.d/10.conf", "it belongs to user 1000, not to root");
}

TEST_F(DropInWritersTest, AFileThatOthersCanWriteIsRefused) {
  for (const fs::perms mode : {fs::perms::group_write, fs::perms::others_write}) {
    fs::permissions(file(), fs::perms(0644) | mode);
    expect_refused("/etc/driver-override.d/10.conf", "others than root can write it (mode 06");
  }
}

TEST_F(DropInWritersTest, AFolderThatOthersCanWriteIsRefusedWithAllThatIsInIt) {
  fs::permissions(file().parent_path(), fs::perms(0777));
  expect_refused("/etc/driver-override.d", "others than root can write it (mode 0777)");
  fs::permissions(file().parent_path(), fs::perms(0755));
  ASSERT_EQ(::chown(file().parent_path().c_str(), 1000, 0), 0);
  expect_refused("/etc/driver-override.d", "it belongs to user 1000, not to root");
}

TEST_F(DropInWritersTest, InAnImageTheOwnersAreThoseOfWhoeverPackedIt) {
  ASSERT_EQ(root_->write("etc/initrd-release", ""), 0);
  ASSERT_EQ(::chown(file().c_str(), 1000, 1000), 0);
  fs::permissions(file(), fs::perms(0664));
  EXPECT_EQ(run_as_its_own_root("check").status, 0);
  fs::permissions(file(), fs::perms(0666));
  expect_refused("/etc/driver-override.d/10.conf", "others than root can write it (mode 0666)");
}

TEST_F(DropInWritersTest, WhatIsRefusedHoldsBackEarlierPatterns) {
  ASSERT_EQ(root_->write("usr/lib/driver-override.d/05.conf", "pci,00:10-12.0=pci-stub\n"), 0);
  EXPECT_NE(run_as_its_own_root("plan").out.find("3 to set"), std::string::npos);
  ASSERT_EQ(::chown(file().c_str(), 1000, 0), 0);
  const RunResult result = run_as_its_own_root("plan");
  EXPECT_NE(result.out.find("0 to set, 0 kept, 3 skipped"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("a later rule that could not be read may exempt it"), std::string::npos)
      << result.out;
}

}  // namespace
