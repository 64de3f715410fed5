// SPDX-License-Identifier: LGPL-2.1-or-later
// Starts a program and waits for it with a limit, even if it can never be reaped.
// It knows nothing of the fake sysfs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace system_tests {

struct ProcessSpec {
  std::vector<std::string> words;                    ///< the program's path, then its arguments
  std::map<std::string, std::string> environment{};  ///< added to this process's
  std::filesystem::path input{"/dev/null"};
  std::filesystem::path output{"/dev/null"};
  std::filesystem::path error_output{"/dev/null"};
  bool cannot_fork = false;       ///< fork, vfork and clone fail with EAGAIN, by a seccomp filter
  bool ends_with_parent = false;  ///< it gets SIGTERM when the thread that started it ends
};

/// Starts it in a process group of its own. Output goes to files, not pipes, so that nobody waits
/// for a grandchild that holds one open.
/// \return its process id; -1 if it cannot be started
pid_t start(const ProcessSpec& spec);

/// Waits for its end. \return its exit status, or 128 + the signal that ended it; none if the
/// limit passed first
std::optional<int> wait_for(pid_t process, std::chrono::milliseconds limit);

}  // namespace system_tests
