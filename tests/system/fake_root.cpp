// SPDX-License-Identifier: LGPL-2.1-or-later
// The root directory of a system test. Nothing here may throw or wait for ever once the mount is
// there: the destructor must always get to unmounting.
#include "tests/system/fake_root.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "tests/fake_sysfs/mount_guard.hpp"
#include "tests/shell.hpp"
#include "tests/system/process.hpp"

namespace system_tests {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds mount_limit{10000};
constexpr milliseconds end_limit{5000};
constexpr milliseconds killed_limit{1000};
constexpr milliseconds poll_interval{2};

fs::path make_temporary_folder() {
  std::string pattern = (fs::temp_directory_path() / "fake-root-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error(pattern + ": " + std::strerror(errno));
  }
  return fs::canonical(pattern);
}

std::optional<std::string> read_file(const fs::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::string text;
  char buffer[4096];
  ssize_t count = 0;
  while ((count = ::read(file, buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  close(file);
  if (count < 0) return std::nullopt;
  return text;
}

int write_file(const fs::path& path, std::string_view text, int flags) {
  const int file = open(path.c_str(), flags | O_WRONLY | O_CLOEXEC, 0644);
  if (file < 0) return errno;
  const int error = ::write(file, text.data(), text.size()) < 0 ? errno : 0;
  close(file);
  return error;
}

int replace_file(const fs::path& path, std::string_view text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  return error ? error.value() : write_file(path, text, O_CREAT | O_TRUNC);
}

void expect_written(const fs::path& path, std::string_view text) {
  const int error = replace_file(path, text);
  if (error != 0) throw std::runtime_error(path.string() + ": " + std::strerror(error));
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  for (std::size_t end = 0; (end = text.find('\n', start)) != std::string::npos; start = end + 1) {
    lines.push_back(text.substr(start, end - start));
  }
  return lines;
}

bool try_mount() {
  try {
    const FakeRoot trial("");
    return true;
  } catch (const std::exception& error) {
    std::cerr << "\n*** SYSTEM TESTS ARE SKIPPED: no FUSE file system can be mounted here.\n*** "
              << error.what() << "\n\n";
    return false;
  }
}

}  // namespace

bool FakeRoot::available() {
  static const bool is_available = try_mount();
  return is_available;
}

FakeRoot::FakeRoot(std::string_view spec, std::string_view command_line)
    : folder_(make_temporary_folder()), root_(folder_ / "root") {
  try {
    make_files(spec, command_line);
    mount();
  } catch (...) {
    clean_up();
    throw;
  }
}

FakeRoot::~FakeRoot() {
  clean_up();
}

void FakeRoot::make_files(std::string_view spec, std::string_view command_line) const {
  for (const char* folder : {"sys", "run", "sbin"}) fs::create_directories(root_ / folder);
  expect_written(root_ / "proc/cmdline", std::string(command_line) + "\n");
  expect_written(root_ / "dev/kmsg", "");
  expect_written(folder_ / "spec", spec);
  make_modprobe();
}

/// As the real one with -a, it goes on after a module that cannot be loaded.
void FakeRoot::make_modprobe() const {
  const fs::path script = root_ / "sbin/modprobe";
  expect_written(script, "#!/bin/sh\nroot=" + shell::quoted(root_.string()) + R"(
printf '%s\n' "$*" >>"$root/modprobe.log"
failed=0
for name in "$@"; do
    case $name in -*) continue ;; esac
    printf 'load %s\n' "$name" 2>/dev/null >"$root/sys/.control" || failed=1
done
exit "$failed"
)");
  fs::permissions(script, fs::perms(0755));
}

void FakeRoot::mount() {
  if (access("/dev/fuse", R_OK | W_OK) != 0) {
    throw std::runtime_error(std::string("/dev/fuse: ") + std::strerror(errno));
  }
  plain_device_ = fake_sysfs::device_of(root_ / "sys");
  server_ = start(
      {.words = {FAKE_SYSFS_PATH, "--log", folder_ / "access.log", folder_ / "spec", root_ / "sys"},
       .error_output = folder_ / "server.err",
       .ends_with_parent = true});
  wait_until_mounted();
}

void FakeRoot::wait_until_mounted() {
  const auto end = std::chrono::steady_clock::now() + mount_limit;
  while (access((root_ / "sys/.control").c_str(), F_OK) != 0) {
    const bool has_ended = server_ < 0 || wait_for(server_, milliseconds(0)).has_value();
    if (has_ended) server_ = -1;
    if (has_ended || std::chrono::steady_clock::now() >= end) {
      throw std::runtime_error(std::string(FAKE_SYSFS_PATH) +
                               " did not mount: " + read_file(folder_ / "server.err").value_or(""));
    }
    std::this_thread::sleep_for(poll_interval);
  }
}

void FakeRoot::end_server() {
  kill(server_, SIGTERM);
  const std::optional<int> status = wait_for(server_, end_limit);
  if (!status) {
    kill(-server_, SIGKILL);
    wait_for(server_, killed_limit);
  }
  fake_sysfs::detach_mount(root_ / "sys", plain_device_);
  const std::string complaints = read_file(folder_ / "server.err").value_or("");
  if (status != 0 || !complaints.empty()) {
    ADD_FAILURE() << "fake-sysfs did not end well: " << complaints;
  }
  server_ = -1;
}

/// Never removes a folder that something is still mounted in.
void FakeRoot::clean_up() {
  if (server_ > 0) end_server();
  const bool is_unmounted =
      plain_device_ == 0 || fake_sysfs::device_of(root_ / "sys") == plain_device_;
  std::error_code error;
  if (is_unmounted) fs::remove_all(folder_, error);
  if (!is_unmounted || error) std::cerr << "*** left behind: " << folder_ << "\n";
}

std::optional<std::string> FakeRoot::read(const std::string& path) const {
  return read_file(root_ / path);
}

std::optional<std::string> FakeRoot::link(const std::string& path) const {
  std::error_code error;
  const fs::path target = fs::read_symlink(root_ / path, error);
  if (error) return std::nullopt;
  return target.string();
}

int FakeRoot::write(const std::string& path, std::string_view text) const {
  const bool is_in_sys = path.starts_with("sys/");
  return is_in_sys ? write_file(root_ / path, text, 0) : replace_file(root_ / path, text);
}

std::string FakeRoot::driver(const std::string& bus, const std::string& device) const {
  const auto target = link("sys/bus/" + bus + "/devices/" + device + "/driver");
  return target ? fs::path(*target).filename().string() : std::string();
}

/// An access first, so that a driver link that was due by now is in the log.
std::vector<std::string> FakeRoot::log() const {
  static_cast<void>(access((root_ / "sys/.control").c_str(), F_OK));
  return split_lines(read_file(folder_ / "access.log").value_or(""));
}

void FakeRoot::clear_log() const {
  static_cast<void>(write_file(folder_ / "access.log", "", O_TRUNC));
}

void FakeRoot::end_hangs() const {
  EXPECT_EQ(write("sys/.control", "end-hangs\n"), 0);
}

RunResult FakeRoot::run(std::vector<std::string> arguments, const RunOptions& options) const {
  const char* replacement = std::getenv("DRIVER_OVERRIDE_PROGRAM");
  arguments.insert(arguments.begin(), replacement != nullptr ? replacement : DRIVER_OVERRIDE_PATH);
  if (options.with_root) arguments.insert(arguments.end(), {"--root", root_.string()});
  arguments.insert(arguments.begin(), options.wrapper.begin(), options.wrapper.end());
  expect_written(folder_ / "input", options.input);
  const auto begin = std::chrono::steady_clock::now();
  const pid_t process = start({.words = std::move(arguments),
                               .environment = options.environment,
                               .input = folder_ / "input",
                               .output = folder_ / "output",
                               .error_output = folder_ / "error_output",
                               .cannot_fork = options.cannot_fork});
  RunResult result;
  std::optional<int> status = wait_for(process, options.timeout);
  if (!status) {
    result.timed_out = true;
    kill(-process, SIGKILL);
    status = wait_for(process, killed_limit);
  }
  result.status = status.value_or(-1);
  result.duration =
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
  result.out = read_file(folder_ / "output").value_or("");
  result.err = read_file(folder_ / "error_output").value_or("");
  return result;
}

}  // namespace system_tests
