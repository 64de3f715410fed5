// SPDX-License-Identifier: LGPL-2.1-or-later
// Where lines of the log go if the kernel's log cannot be written, and that nobody who listens to
// them can stop the program.
#include "hook/log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>

#include "tests/temporary_root.hpp"

namespace driver_override {
namespace {

/// Something else in the place of standard error.
class ErrorOutput {
 public:
  explicit ErrorOutput(int number) : kept_(::dup(STDERR_FILENO)) {
    ::dup2(number, STDERR_FILENO);
    ::alarm(30);  // a line that waits for ever ends the test
  }
  ErrorOutput(const ErrorOutput&) = delete;
  ErrorOutput& operator=(const ErrorOutput&) = delete;
  ~ErrorOutput() {
    ::alarm(0);
    ::dup2(kept_.number(), STDERR_FILENO);
  }

 private:
  Descriptor kept_;
};

class LogTest : public testing::Test {
 protected:
  void SetUp() override {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reading_ = Descriptor(ends[0]);
    writing_ = Descriptor(ends[1]);
  }

  /// Until not one byte more would be taken.
  void fill_pipe() const {
    const int flags = ::fcntl(writing_.number(), F_GETFL);
    ASSERT_EQ(::fcntl(writing_.number(), F_SETFL, flags | O_NONBLOCK), 0);
    const std::string page(4096, '.');
    while (::write(writing_.number(), page.data(), page.size()) > 0) {
    }
    ASSERT_EQ(::fcntl(writing_.number(), F_SETFL, flags), 0);
  }

  /// All that can be read now.
  static std::string drain(const Descriptor& file) {
    std::string text;
    std::array<char, 4096> part{};
    pollfd waiting{file.number(), POLLIN, 0};
    while (::poll(&waiting, 1, 0) > 0) {
      const ssize_t got = ::read(file.number(), part.data(), part.size());
      if (got <= 0) break;
      text.append(part.data(), static_cast<std::size_t>(got));
    }
    return text;
  }

  std::chrono::milliseconds time_of_lines(const Log& log, int count) const {
    const auto start = std::chrono::steady_clock::now();
    for (int line = 0; line < count; ++line) log.line(Severity::error, "lost");
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 start);
  }

  TemporaryRoot files_;  ///< without a dev/kmsg
  const Root& root_ = files_.root();
  Descriptor reading_;
  Descriptor writing_;
};

TEST_F(LogTest, APipeThatNobodyReadsStopsNothing) {
  fill_pipe();
  const ErrorOutput output(writing_.number());
  const Log log(root_);
  EXPECT_LT(time_of_lines(log, 5), std::chrono::seconds(3)) << "only the first line may wait";
  EXPECT_EQ(drain(reading_).find("lost"), std::string::npos);
  log.line(Severity::warning, "heard again");
  EXPECT_EQ(drain(reading_), "driver-override: warning: heard again\n");
}

TEST_F(LogTest, AStoppedTerminalStopsNothing) {
  const Descriptor master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (master.number() < 0 || ::grantpt(master.number()) != 0 || ::unlockpt(master.number()) != 0)
    GTEST_SKIP() << "no terminal can be made here";
  std::array<char, 64> name{};
  ASSERT_EQ(::ptsname_r(master.number(), name.data(), name.size()), 0);
  const Descriptor terminal(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_EQ(::tcflow(terminal.number(), TCOOFF), 0);
  const ErrorOutput output(terminal.number());
  const Log log(root_);
  EXPECT_LT(time_of_lines(log, 5), std::chrono::seconds(3));
  ASSERT_EQ(::tcflow(terminal.number(), TCOON), 0);
  log.line(Severity::warning, "heard again");
  EXPECT_EQ(drain(master), "driver-override: warning: heard again\r\n");
}

TEST_F(LogTest, AnErrorWithoutMemoryIsTheSameInBothPlaces) {
  const ErrorOutput output(writing_.number());
  Log(root_).error_without_memory("it ended", "a\nb");
  EXPECT_EQ(drain(reading_), "driver-override: error: it ended: a?b\n");
  files_.put("dev/kmsg", "");
  Log(root_).error_without_memory("it ended", std::string(2000, 'x').c_str());
  EXPECT_EQ(drain(reading_), "");
  const std::string record = files_.get("dev/kmsg");
  EXPECT_TRUE(record.starts_with("<27>driver-override: it ended: xxx")) << record;
  EXPECT_TRUE(record.ends_with("x\n")) << record;
  EXPECT_LE(record.size(), 800U);
}

}  // namespace
}  // namespace driver_override
