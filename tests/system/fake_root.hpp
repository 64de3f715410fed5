// SPDX-License-Identifier: LGPL-2.1-or-later
// A root directory for one test, with the fake sysfs mounted in it, and the program under test.
// It knows no command of that program: what a test expects stands in the test.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace system_tests {

/// How a program ended and what it printed. If a signal ended it, the status is 128 + signal.
struct RunResult {
  int status = -1;
  bool timed_out = false;
  std::string out;
  std::string err;
  std::chrono::milliseconds duration{};
};

struct RunOptions {
  bool with_root = true;                             ///< append `--root ROOT` to the arguments
  std::string input{};                               ///< what it reads on standard input
  std::map<std::string, std::string> environment{};  ///< added to the environment of the test
  std::chrono::seconds timeout{60};                  ///< then its process group is killed
  bool cannot_fork = false;                          ///< see ProcessSpec
  std::vector<std::string> wrapper{};                ///< words in front of the program's
};

/// Paths are relative to the root: `sys/bus/pci/drivers_probe`. Accesses through this class to what
/// lies in sys/ stand in the access log like all others; stat does not. What hangs must be left to
/// the program under test: the test itself would hang.
class FakeRoot {
 public:
  /// False if a FUSE file system cannot be mounted here; the first call then says why on
  /// standard error. A test is skipped then.
  static bool available();

  /// Makes the root: sys/ mounted, proc/cmdline, an empty dev/kmsg, run/, and sbin/modprobe, which
  /// loads modules of the fake sysfs and appends its arguments to modprobe.log as one line a call.
  /// \param spec          the description of the fake sysfs, see sysfs_spec.hpp
  /// \param command_line  what proc/cmdline holds, without its newline
  /// Throws std::runtime_error with what fake-sysfs said if it cannot be mounted.
  explicit FakeRoot(std::string_view spec, std::string_view command_line = {});

  /// Ends and unmounts everything, and removes the root.
  ~FakeRoot();
  FakeRoot(const FakeRoot&) = delete;
  FakeRoot& operator=(const FakeRoot&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return root_; }

  /// The content of a file; none if it cannot be read.
  std::optional<std::string> read(const std::string& path) const;

  /// The target of a symbolic link as it stands there; none if there is no link.
  std::optional<std::string> link(const std::string& path) const;

  /// Writes by one write(2). In sys/ the file must exist; elsewhere it is made or replaced, with
  /// its folders.
  /// \return 0 or the errno
  [[nodiscard]] int write(const std::string& path, std::string_view text) const;

  /// The driver that a device is bound to, by its `driver` link; empty if there is none.
  [[nodiscard]] std::string driver(const std::string& bus, const std::string& device) const;

  /// Lets what hangs go on to its end; from then on nothing hangs.
  void end_hangs() const;

  /// The lines of the access log so far, and its removal up to here.
  [[nodiscard]] std::vector<std::string> log() const;
  void clear_log() const;

  /// Runs the program under test to its end: that of this build, or the one that
  /// DRIVER_OVERRIDE_PROGRAM in the environment names.
  [[nodiscard]] RunResult run(std::vector<std::string> arguments,
                              const RunOptions& options = {}) const;

 private:
  void make_files(std::string_view spec, std::string_view command_line) const;
  void make_modprobe() const;
  void mount();
  void wait_until_mounted();
  void end_server();
  void clean_up();

  std::filesystem::path folder_;  ///< all that belongs to this object; the root is a part of it
  std::filesystem::path root_;
  dev_t plain_device_ = 0;  ///< st_dev of sys/ before the mount
  pid_t server_ = -1;
};

/// For tests that need such a root; they are skipped if there can be none.
class FakeRootTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!FakeRoot::available()) GTEST_SKIP() << "no FUSE file system can be mounted here";
  }
};

}  // namespace system_tests
