// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs what serves a mount in a child process. Only calls that are safe after fork may stand
// between the fork and `serve`.
#include "tests/fake_sysfs/mount_guard.hpp"

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace fake_sysfs {
namespace {

sigset_t guarded_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&signals, signal);
  return signals;
}

int exit_status(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

/// Waits for the child and passes on what else comes.
int wait_passing_signals(pid_t child, const sigset_t& signals) {
  while (true) {
    int wait_status = 0;
    if (waitpid(child, &wait_status, WNOHANG) == child) return exit_status(wait_status);
    const int signal = sigwaitinfo(&signals, nullptr);
    if (signal > 0 && signal != SIGCHLD) kill(child, signal);
  }
}

[[noreturn]] void run_child(pid_t guard, const sigset_t& old_signals,
                            const std::function<int()>& serve) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  sigprocmask(SIG_SETMASK, &old_signals, nullptr);
  if (getppid() != guard) std::_Exit(EXIT_FAILURE);
  std::exit(serve());
}

void run_fusermount(const std::string& mount_point) {
  const pid_t child = fork();
  if (child == 0) {
    execlp("fusermount3", "fusermount3", "-u", "-q", "-z", "--", mount_point.c_str(), nullptr);
    std::_Exit(EXIT_FAILURE);
  }
  if (child > 0) waitpid(child, nullptr, 0);
}

}  // namespace

int run_guarded(const std::string& mount_point, const std::function<int()>& serve) {
  const dev_t device = device_of(mount_point);
  const sigset_t signals = guarded_signals();
  sigset_t old_signals;
  sigprocmask(SIG_BLOCK, &signals, &old_signals);
  const pid_t guard = getpid();
  const pid_t child = fork();
  if (child < 0) return EXIT_FAILURE;
  if (child == 0) run_child(guard, old_signals, serve);
  const int status = wait_passing_signals(child, signals);
  detach_mount(mount_point, device);
  return status;
}

void detach_mount(const std::string& mount_point, dev_t device) {
  if (device_of(mount_point) == device) return;
  if (umount2(mount_point.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0) return;
  if (errno == EPERM) run_fusermount(mount_point);
}

dev_t device_of(const std::string& folder) {
  struct stat status {};
  return stat(folder.c_str(), &status) == 0 ? status.st_dev : 0;
}

}  // namespace fake_sysfs
