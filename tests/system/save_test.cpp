// SPDX-License-Identifier: LGPL-2.1-or-later
// `save` and `forget`: what they write for later boots, what they refuse, and what they print. The
// text of the file alone is tests/unit/saved_file_test.cpp.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "tests/system/fake_root.hpp"

namespace {

using system_tests::FakeRoot;
using system_tests::RunResult;

constexpr std::string_view machine = R"(
bus pci
bus platform
driver pci e1000
driver pci pci-stub
driver pci vfio-pci
device pci 0000:00:10.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:11.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:12.0 class=0x020000
device platform pcspkr
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
