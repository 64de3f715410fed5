// SPDX-License-Identifier: LGPL-2.1-or-later
// fake-sysfs: a file system that behaves like /sys with a driver core behind it, for tests.
// Only the program's arguments and its log belong here.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "tests/fake_sysfs/fuse_front.hpp"
#include "tests/fake_sysfs/mount_guard.hpp"
#include "tests/fake_sysfs/sysfs_model.hpp"
#include "tests/fake_sysfs/sysfs_spec.hpp"

namespace {

constexpr int wrong_usage = 2;

struct Arguments {
  std::string log;
  std::string spec;
  std::string mount_point;
};

/// A file that has each line as soon as it is written.
class LogFile {
 public:
  explicit LogFile(const std::string& path)
      : descriptor_(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) throw std::runtime_error(path + ": " + std::strerror(errno));
  }
  ~LogFile() { close(descriptor_); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  void write_line(const std::string& line) const {
    const std::string text = line + "\n";
    const ssize_t written = write(descriptor_, text.data(), text.size());
    if (written < 0) std::cerr << "fake-sysfs: log: " << std::strerror(errno) << "\n";
  }

 private:
  int descriptor_;
};

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

int run(const Arguments& arguments) {
  const fake_sysfs::Spec spec = fake_sysfs::parse_spec(read_file(arguments.spec));
  const LogFile log(arguments.log);
  fake_sysfs::SysfsModel model(spec, [&log](const std::string& line) { log.write_line(line); });
  return fake_sysfs::run_guarded(arguments.mount_point, [&] {
    const bool was_mounted = fake_sysfs::serve(model, arguments.mount_point, !spec.unkillable);
    return was_mounted ? EXIT_SUCCESS : EXIT_FAILURE;
  });
}

}  // namespace

int main(int count, char** words) {
  if (count != 5 || std::strcmp(words[1], "--log") != 0) {
    std::cerr << "usage: fake-sysfs --log FILE SPEC MOUNTPOINT\n";
    return wrong_usage;
  }
  try {
    return run({words[2], words[3], words[4]});
  } catch (const std::exception& error) {
    std::cerr << "fake-sysfs: " << error.what() << "\n";
    return wrong_usage;
  }
}
