// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <string>

#include "parser/message.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

constexpr std::size_t line_limit = 800;

// The kernel drops all but 10 records of one opening in 5 s (kernel/printk/printk.c, devkmsg_open:
// DEFAULT_RATELIMIT_BURST).
constexpr int most_records = 10;

/// How many milliseconds a line may wait for whoever reads standard error.
constexpr int longest_wait = 1000;

/// A priority of syslog(3) with the facility "daemon", as /dev/kmsg reads it
/// (Documentation/ABI/testing/dev-kmsg).
std::string_view kmsg_prefix(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "<27>driver-override: ";
    case Severity::warning:
      return "<28>driver-override: ";
    case Severity::note:
      break;
  }
  return "<30>driver-override: ";
}

/// "STARTWHAT: REASON\n" in memory that is always there; what does not fit is cut.
std::string_view log_line_without_memory(std::string_view start, const char* what,
                                         const char* reason) {
  static std::array<char, line_limit> line;
  const int wanted = std::snprintf(line.data(), line.size() - 1, "%.*s%s: %s",
                                   static_cast<int>(start.size()), start.data(), what, reason);
  std::size_t length = std::min(static_cast<std::size_t>(std::max(wanted, 0)), line.size() - 2);
  const auto is_control = [](char byte) { return static_cast<unsigned char>(byte) < ' '; };
  std::replace_if(line.data(), line.data() + length, is_control, '?');
  line.at(length++) = '\n';
  return {line.data(), length};
}

}  // namespace

Log::Log(const Root& root, bool echo)
    : root_(root), waits_(echo), echo_(echo || ::isatty(STDERR_FILENO) == 1) {}

void Log::line(Severity severity, std::string_view text) const {
  // Names of files and devices may hold any byte, and a newline would begin another record.
  const std::string plain = printable(text).substr(0, line_limit);
  std::error_code error;
  write_record(std::string(kmsg_prefix(severity)).append(plain) + '\n', error);
  if ((!error && !echo_) || !is_standard_error_read()) return;
  std::string shown = "driver-override: ";
  if (severity != Severity::note) shown.append(severity_name(severity)) += ": ";
  shown.append(plain) += '\n';
  (void)!::write(STDERR_FILENO, shown.data(), shown.size());
}

void Log::error_without_memory(const char* what, const char* reason) const noexcept {
  std::error_code error;
  write_record(log_line_without_memory(kmsg_prefix(Severity::error), what, reason), error);
  if ((!error && !echo_) || !is_standard_error_read()) return;
  const auto shown = log_line_without_memory("driver-override: error: ", what, reason);
  (void)!::write(STDERR_FILENO, shown.data(), shown.size());
}

/// What poll(2) calls writable takes a whole line: a pipe PIPE_BUF bytes, and a terminal has little
/// left to send then (Linux, drivers/tty/n_tty.c, n_tty_poll).
bool Log::is_standard_error_read() const {
  if (waits_) return true;
  pollfd error_output{STDERR_FILENO, POLLOUT, 0};
  is_stuck_ = ::poll(&error_output, 1, is_stuck_ ? 0 : longest_wait) == 0;
  return !is_stuck_;
}

void Log::write_record(std::string_view record, std::error_code& error) const {
  error.clear();
  if (left_ == 0) {
    file_ = root_.open("dev/kmsg", O_WRONLY | O_APPEND, error);
    if (error) return;
    left_ = most_records;
  }
  --left_;
  const ssize_t written = ::write(file_.number(), record.data(), record.size());
  if (written == static_cast<ssize_t>(record.size())) return;
  error = written < 0 ? std::error_code(errno, std::generic_category())
                      : std::make_error_code(std::errc::io_error);
  left_ = 0;
}

}  // namespace driver_override
