// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's log: where everything goes that is said during a boot.
#pragma once

#include <string_view>

#include "hook/root.hpp"
#include "parser/message.hpp"

namespace driver_override {

class Log {
 public:
  /// \param root  /dev/kmsg is opened below it; it outlives the log
  /// \param echo  true: every line goes to standard error too, terminal or not, and is waited for,
  ///              as a person has asked for it
  explicit Log(const Root& root, bool echo = false);

  /// Writes one line, cut at 800 bytes: a record of /dev/kmsg holds about 900. If /dev/kmsg cannot
  /// be written the line goes to standard error, so that nothing is lost.
  ///
  /// A pipe that nobody reads, or a terminal that somebody has stopped, does not stop a boot: if it
  /// takes no line for 1 s, lines are dropped until it takes one again.
  void line(Severity severity, std::string_view text) const;

  /// line() of the error "WHAT: REASON", for one who may have no memory left: it takes none.
  void error_without_memory(const char* what, const char* reason) const noexcept;

 private:
  void write_record(std::string_view record, std::error_code& error) const;
  [[nodiscard]] bool is_standard_error_read() const;

  const Root& root_;
  bool waits_;  ///< as long as it takes
  bool echo_;
  mutable bool is_stuck_ = false;  ///< nobody takes what goes to standard error
  mutable Descriptor file_{};
  mutable int left_ = 0;  ///< how many records this opening takes yet
};

}  // namespace driver_override
