// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/log.hpp"

#include <unistd.h>

#include <string>

#include "parser/message.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

constexpr std::size_t line_limit = 800;

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

}  // namespace

Log::Log(const Root& root, bool echo) : root_(root), echo_(echo || ::isatty(STDERR_FILENO) == 1) {}

void Log::line(Severity severity, std::string_view text) const {
  // Names of files and devices may hold any byte, and a newline would begin another record.
  const std::string plain = printable(text).substr(0, line_limit);
  // Opened anew for each record: the kernel drops all but 10 of one open file in 5 s.
  std::error_code error;
  root_.append("dev/kmsg", std::string(kmsg_prefix(severity)).append(plain) + '\n', error);
  if (!error && !echo_) return;
  std::string shown = "driver-override: ";
  if (severity != Severity::note) shown.append(severity_name(severity)) += ": ";
  shown.append(plain) += '\n';
  (void)!::write(STDERR_FILENO, shown.data(), shown.size());
}

}  // namespace driver_override
