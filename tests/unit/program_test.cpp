// SPDX-License-Identifier: LGPL-2.1-or-later
// What the caller of another program keeps, whatever goes wrong.
#include "hook/program.hpp"

#include <fcntl.h>
#include <sys/resource.h>

#include "tests/unit/device_root.hpp"

namespace driver_override {
namespace {

class ProgramTest : public DeviceRoot {};

TEST_F(ProgramTest, HoweverFewDescriptorsAreFreeNoneOfTheCallersIsClosed) {
  put("sbin/modprobe", "#!/bin/sh\n");
  std::filesystem::permissions(base_ / "sbin/modprobe", std::filesystem::perms(0755));
  const Root root(base_);
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  int ended = 0;
  for (rlim_t most = 3; most < 32; ++most) {
    const struct rlimit few { most, before.rlim_max };
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    std::error_code error;
    (void)run_program(root, {"modprobe"}, error);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    ended += error ? 0 : 1;
    for (const int number : {0, 1, 2})
      ASSERT_NE(::fcntl(number, F_GETFD), -1) << number << " of " << most;
  }
  EXPECT_GT(ended, 0);
  EXPECT_LT(ended, 28);
}

}  // namespace
}  // namespace driver_override
