// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/kernel.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <thread>

#include "hook/sysfs.hpp"

namespace driver_override {
namespace {

constexpr int exit_not_run = 127;

std::string driver_path(const std::string& bus, const std::string& driver) {
  return "sys/bus/" + bus + "/drivers/" + driver;
}

/// Finds modprobe, opened so that it can be executed, even where it is a script.
Descriptor open_modprobe(const Root& root, std::error_code& error) {
  constexpr std::array<const char*, 4> places = {"sbin/modprobe", "usr/sbin/modprobe",
                                                 "bin/modprobe", "usr/bin/modprobe"};
  for (const char* place : places) {
    Descriptor program = root.open(place, O_PATH, error);
    if (!error || !root.is_system()) return program;
  }
  return Descriptor();
}

/// Becomes the program. What it says goes into the pipe, and is lost where that is full; the errno
/// goes into the other where it cannot be executed.
[[noreturn]] void execute(const Descriptor& program, std::vector<char*> arguments, int complaints,
                          int failure) {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(null, STDIN_FILENO);
  ::dup2(null, STDOUT_FILENO);
  ::dup2(complaints, STDERR_FILENO);
  (void)std::signal(SIGPIPE, SIG_DFL);
  // Without close-on-exec: a script's interpreter opens it through /dev/fd.
  const int inherited = ::fcntl(program.number(), F_DUPFD, 3);
  ::execveat(inherited, "", arguments.data(), environ, AT_EMPTY_PATH);
  const int number = errno;
  (void)!::write(failure, &number, sizeof number);
  ::_exit(exit_not_run);
}

/// A pipe of which neither side ever waits for the other.
struct Pipe {
  Descriptor reading;
  Descriptor writing;
};

Pipe make_pipe(std::error_code& error) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) error = {errno, std::generic_category()};
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// What the ended program has left in both pipes.
LoadResult gather(int status, const Pipe& complaints, const Pipe& failure, std::error_code& error) {
  int number = 0;
  if (::read(failure.reading.number(), &number, sizeof number) == sizeof number)
    error = {number, std::generic_category()};
  std::array<char, 4096> said{};
  const ssize_t length = ::read(complaints.reading.number(), said.data(), said.size());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : exit_not_run,
          std::string(said.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))),
          WIFSIGNALED(status) ? WTERMSIG(status) : 0};
}

/// Runs the program to its end.
LoadResult run(const Descriptor& program, std::vector<std::string> words, std::error_code& error) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const Pipe complaints = make_pipe(error);
  const Pipe failure = make_pipe(error);
  if (error) return {exit_not_run, {}};
  const pid_t process = ::fork();
  if (process == 0)
    execute(program, std::move(arguments), complaints.writing.number(), failure.writing.number());
  int status = 0;
  if (process < 0 || ::waitpid(process, &status, 0) < 0) {
    error = {errno, std::generic_category()};
    return {exit_not_run, {}};
  }
  return gather(status, complaints, failure, error);
}

}  // namespace

std::string SysfsKernel::read_override(const DeviceId& device, std::error_code& error) {
  std::string text = root_.read(device_path(device) + "/driver_override", error);
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text == "(null)" ? std::string() : text;
}

void SysfsKernel::write_override(const DeviceId& device, const std::string& driver,
                                 std::error_code& error) {
  // A write of no byte would never reach the kernel.
  root_.write(device_path(device) + "/driver_override", driver.empty() ? "\n" : driver, error);
}

bool SysfsKernel::device_exists(const DeviceId& device) {
  return root_.exists(device_path(device));
}

std::optional<std::string> SysfsKernel::driver_of(const DeviceId& device) {
  return root_.link(device_path(device), "driver");
}

bool SysfsKernel::is_registered(const std::string& bus, const std::string& driver) {
  return root_.exists(driver_path(bus, driver));
}

void SysfsKernel::unbind(const DeviceId& device, const std::string& driver,
                         std::error_code& error) {
  root_.write(driver_path(device.bus, driver) + "/unbind", device.name, error);
}

void SysfsKernel::probe(const DeviceId& device, std::error_code& error) {
  root_.write("sys/bus/" + device.bus + "/drivers_probe", device.name, error);
}

void SysfsKernel::bind(const DeviceId& device, const std::string& driver, std::error_code& error) {
  root_.write(driver_path(device.bus, driver) + "/bind", device.name, error);
}

std::string SysfsKernel::modalias(const DeviceId& device) {
  std::error_code error;
  std::string text = root_.read(device_path(device) + "/modalias", error);
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

bool SysfsKernel::has_link(const DeviceId& device, const std::string& name) {
  return root_.link(device_path(device), name).has_value();
}

LoadResult SysfsKernel::load_modules(const std::vector<std::string>& modules,
                                     std::error_code& error) {
  const Descriptor program = open_modprobe(root_, error);
  if (error) return {exit_not_run, {}};
  // No name can pass for an option behind "--".
  std::vector<std::string> words = {"modprobe", "-a", "--"};
  words.insert(words.end(), modules.begin(), modules.end());
  return run(program, std::move(words), error);
}

bool SysfsKernel::is_loading(const std::string& module) {
  std::string folder = module;
  std::replace(folder.begin(), folder.end(), '-', '_');
  std::error_code error;
  return root_.read("sys/module/" + folder + "/initstate", error) == "coming\n";
}

void SysfsKernel::wait(std::chrono::milliseconds duration) {
  std::this_thread::sleep_for(duration);
}

}  // namespace driver_override
