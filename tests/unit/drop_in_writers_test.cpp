// SPDX-License-Identifier: LGPL-2.1-or-later
// Which owners and modes let a file of rules be read, and what is said of the others.
#include "hook/drop_in_writers.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace driver_override {
namespace {

std::string fault(uid_t owner, mode_t mode, Surroundings where = Surroundings::running_system) {
  struct stat status {};
  status.st_uid = owner;
  status.st_mode = S_IFREG | mode;
  return writers_fault(status, where);
}

TEST(DropInWriters, WhatRootAloneCanWriteIsRead) {
  for (const mode_t mode : {0644U, 0600U, 0755U, 0444U, 0000U, 04744U})
    EXPECT_EQ(fault(0, mode), "") << mode;
}

TEST(DropInWriters, AnotherOwnerCouldWriteAnything) {
  EXPECT_EQ(fault(1000, 0600), "not read, as it belongs to user 1000, not to root: \"chown root\"");
  EXPECT_EQ(fault(1000, 0666), fault(1000, 0600));
}

TEST(DropInWriters, NeitherTheGroupNorOthersMayWrite) {
  const auto text = [](const std::string& mode) {
    return "not read, as others than root can write it (mode " + mode + "): \"chmod go-w\"";
  };
  EXPECT_EQ(fault(0, 0664), text("0664"));
  EXPECT_EQ(fault(0, 0646), text("0646"));
  EXPECT_EQ(fault(0, 01777), text("1777"));
  EXPECT_EQ(fault(0, 0002), text("0002"));
}

TEST(DropInWriters, InAnImageOnlyWhatEverybodyMayWriteIsSuspicious) {
  EXPECT_EQ(fault(1000, 0664, Surroundings::initramfs), "");
  EXPECT_EQ(fault(0, 0646, Surroundings::initramfs), fault(0, 0646));
}

/// The owners of a copy are those of whoever has made it.
TEST(DropInWriters, UnderAnotherRootNothingIsRefused) {
  const Root root(testing::TempDir());
  std::error_code error;
  const Descriptor folder = root.open(".", O_PATH | O_DIRECTORY, error);
  ASSERT_FALSE(error);
  EXPECT_EQ(writers_fault(root, folder), "");
  EXPECT_EQ(writers_fault(Root(), Descriptor()), "Bad file descriptor");
}

}  // namespace
}  // namespace driver_override
