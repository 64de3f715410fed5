// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/inheritance.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <system_error>

#include "hook/root.hpp"

namespace driver_override {
namespace {

/// The next file that is opened would get a closed descriptor's number, and a child replaces it
/// (hook/child.cpp, detach). Reads and writes of the placeholder fail, as before.
void occupy_descriptors_not_inherited() {
  int number = 0;
  do number = ::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  while (number >= 0 && number <= STDERR_FILENO);
  if (number >= 0) ::close(number);
}

}  // namespace

void take_over_inheritance() {
  occupy_descriptors_not_inherited();
  // Whatever the caller has set: children are waited for, and a closed pipe ends what only prints.
  (void)std::signal(SIGCHLD, SIG_DFL);
  (void)std::signal(SIGPIPE, SIG_DFL);
  // A limit of the length of files (ulimit -f) is then an error like others, and can be told of.
  (void)std::signal(SIGXFSZ, SIG_IGN);
  (void)::umask(S_IWGRP | S_IWOTH);
}

void drop_inherited_files() {
  constexpr int first = STDERR_FILENO + 1;
  if (::close_range(first, ~0U, 0) == 0) return;
  // Before Linux 5.9.
  std::error_code error;
  for (const std::string& name : Root().list("proc/self/fd", error)) {
    int number = 0;
    (void)std::from_chars(name.data(), name.data() + name.size(), number);
    if (number >= first) ::close(number);
  }
  if (!error) return;
  constexpr rlim_t most = 65536;  // the limit may be 2^30, which would take minutes
  rlimit limit{};
  (void)::getrlimit(RLIMIT_NOFILE, &limit);
  for (rlim_t number = first; number < std::min(limit.rlim_cur, most); ++number)
    ::close(static_cast<int>(number));
}

}  // namespace driver_override
