// SPDX-License-Identifier: LGPL-2.1-or-later
// Starts a program and waits for it with a limit. All memory is allocated before the fork.
#include "tests/system/process.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <thread>

namespace system_tests {
namespace {

constexpr int cannot_run = 127;
constexpr std::chrono::milliseconds poll_interval{2};

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (!added.contains(text.substr(0, text.find('=')))) variables.push_back(text);
  }
  for (const auto& [name, value] : added) {
    variables.push_back(name);
    variables.back().append("=").append(value);
  }
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool redirect(const std::filesystem::path& path, int flags, int descriptor) {
  const int opened = open(path.c_str(), flags, 0644);
  return opened >= 0 && dup2(opened, descriptor) >= 0 && (opened == descriptor || !close(opened));
}

/// Every system call that makes a process, of this machine's own architecture.
constexpr std::array forking_calls = {
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
    SYS_clone, SYS_clone3};

/// seccomp(2): the rest of the program's life without a further process.
bool forbid_forks() {
  constexpr std::size_t calls = forking_calls.size();
  std::array<sock_filter, calls + 3> filter{};
  filter[0] = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
  for (std::size_t at = 0; at < calls; ++at)
    filter[at + 1] =
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(forking_calls[at]),
                 static_cast<std::uint8_t>(calls - at), 0);
  filter[calls + 1] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  filter[calls + 2] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN);
  const sock_fprog program{filter.size(), filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

bool set_up_child(const ProcessSpec& spec, pid_t parent) {
  constexpr int replace = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
  setpgid(0, 0);
  if (spec.ends_with_parent) prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (spec.ends_with_parent && getppid() != parent) return false;
  return redirect(spec.input, O_RDONLY, STDIN_FILENO) &&
         redirect(spec.output, replace, STDOUT_FILENO) &&
         redirect(spec.error_output, replace, STDERR_FILENO) &&
         (!spec.cannot_fork || forbid_forks());
}

}  // namespace

pid_t start(const ProcessSpec& spec) {
  std::vector<std::string> words = spec.words;
  std::vector<std::string> variables = environment_with(spec.environment);
  const std::vector<char*> arguments = pointers_to(words);
  const std::vector<char*> environment = pointers_to(variables);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) {
    if (set_up_child(spec, parent)) execve(arguments[0], arguments.data(), environment.data());
    std::_Exit(cannot_run);
  }
  // Also here, so that the group exists when this returns.
  if (child > 0) setpgid(child, child);
  return child;
}

std::optional<int> wait_for(pid_t process, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (true) {
    int status = 0;
    if (waitpid(process, &status, WNOHANG) == process) {
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    if (std::chrono::steady_clock::now() >= end) return std::nullopt;
    std::this_thread::sleep_for(poll_interval);
  }
}

}  // namespace system_tests
