// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/program.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

namespace driver_override {
namespace {

constexpr int exit_not_run = 127;

/// Finds the program, opened so that it can be executed, even if it is a script.
Descriptor open_program(const Root& root, const std::string& name, std::error_code& error) {
  for (const char* folder : {"sbin/", "usr/sbin/", "bin/", "usr/bin/"}) {
    Descriptor program = root.open(folder + name, O_PATH, error);
    if (!error || !root.is_system()) return program;
  }
  return Descriptor();
}

/// Becomes the program. What it says goes into the pipe, and is lost if that is full; the errno
/// goes into the other if it cannot be executed.
///
/// Shares its caller's memory until then (vfork(2)), and changes nothing in it.
[[noreturn]] void execute_program(const Descriptor& program, const std::vector<char*>& arguments,
                                  const std::vector<char*>& environment, int error_pipe,
                                  int failure) {
  // A group of its own, which nobody kills: a module whose driver is slow to probe is no fault.
  ::setpgid(0, 0);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(null, STDIN_FILENO);
  ::dup2(null, STDOUT_FILENO);
  ::dup2(error_pipe, STDERR_FILENO);
  for (const int signal : {SIGPIPE, SIGXFSZ}) (void)std::signal(signal, SIG_DFL);
  // Without close-on-exec: a script's interpreter opens it through /dev/fd.
  const int inherited = ::fcntl(program.number(), F_DUPFD, 3);
  ::execveat(inherited, "", arguments.data(), environment.data(), AT_EMPTY_PATH);
  const int number = errno;
  (void)!::write(failure, &number, sizeof number);
  ::_exit(exit_not_run);
}

/// initramfs-tools exports MODPROBE_OPTIONS as "-qb": a blacklist would hold for a driver that a
/// rule names, and the reason would be lost (initramfs-tools, init).
std::vector<char*> environment_of_program() {
  std::vector<char*> environment;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
    if (!std::string_view(*variable).starts_with("MODPROBE_OPTIONS="))
      environment.push_back(*variable);
  environment.push_back(nullptr);
  return environment;
}

/// A pipe of which neither side ever waits for the other.
struct Pipe {
  Descriptor reading;
  Descriptor writing;
};

Pipe make_program_pipe(std::error_code& error) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) error = {errno, std::generic_category()};
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// What the ended program has left in both pipes.
ProgramResult gather_program_output(int status, const Pipe& error_pipe, const Pipe& failure,
                                    std::error_code& error) {
  int number = 0;
  if (::read(failure.reading.number(), &number, sizeof number) == sizeof number)
    error = {number, std::generic_category()};
  std::array<char, 4096> said{};
  const ssize_t length = ::read(error_pipe.reading.number(), said.data(), said.size());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : exit_not_run,
          std::string(said.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))),
          WIFSIGNALED(status) ? WTERMSIG(status) : 0};
}

}  // namespace

ProgramResult run_program(const Root& root, std::vector<std::string> words,
                          std::error_code& error) {
  const Descriptor program = open_program(root, words.front(), error);
  if (error) return {exit_not_run, {}};
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const Pipe error_pipe = make_program_pipe(error);
  const Pipe failure = make_program_pipe(error);
  if (error) return {exit_not_run, {}};
  const std::vector<char*> environment = environment_of_program();
  // A copy of this process's memory would cost more than the rest.
  const pid_t process = ::vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
  if (process == 0)
    // It changes nothing in the shared memory. NOLINTNEXTLINE(clang-analyzer-unix.Vfork)
    execute_program(program, arguments, environment, error_pipe.writing.number(),
                    failure.writing.number());
  int status = 0;
  if (process < 0 || ::waitpid(process, &status, 0) < 0) {
    error = {errno, std::generic_category()};
    return {exit_not_run, {}};
  }
  return gather_program_output(status, error_pipe, failure, error);
}

}  // namespace driver_override
