// SPDX-License-Identifier: LGPL-2.1-or-later
// How many descriptors are to be had under which limits.
#include "hook/descriptor_limit.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

namespace driver_override {
namespace {

/// In a process with these limits: for how many there is room, and the soft limit behind it.
std::string reserved(rlim_t soft, rlim_t hard, std::size_t wanted) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    struct rlimit limit = {soft, hard};
    ::setrlimit(RLIMIT_NOFILE, &limit);
    std::string text = std::to_string(reserve_descriptors(wanted));
    ::getrlimit(RLIMIT_NOFILE, &limit);
    text += " of " + std::to_string(limit.rlim_cur);
    ::_exit(::write(ends[1], text.data(), text.size()) > 0 ? 0 : 1);
  }
  ::close(ends[1]);
  std::array<char, 64> text{};
  const ssize_t length = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
}

TEST(ReserveDescriptors, LeavesRoomForOthers) {
  EXPECT_EQ(reserved(1024, 1024, 100), "100 of 1024");
  EXPECT_EQ(reserved(164, 1024, 100), "100 of 164");
  EXPECT_EQ(reserved(163, 1024, 100), "100 of 164");
  EXPECT_EQ(reserved(163, 163, 100), "99 of 163");
}

TEST(ReserveDescriptors, MayHaveNone) {
  EXPECT_EQ(reserved(65, 65, 100), "1 of 65");
  EXPECT_EQ(reserved(64, 64, 100), "0 of 64");
  EXPECT_EQ(reserved(20, 20, 100), "0 of 20");
}

TEST(ReserveDescriptors, RaisesNoLimitBeyondMeasure) {
  const struct rlimit now = [] {
    struct rlimit limit {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit;
  }();
  if (now.rlim_max < 20000) GTEST_SKIP() << "the hard limit is " << now.rlim_max;
  EXPECT_EQ(reserved(100, 20000, 1000000), "16384 of 16448");
}

}  // namespace
}  // namespace driver_override
