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
  /// \param echo  true: every line goes to standard error too, terminal or not
  explicit Log(const Root& root, bool echo = false);

  /// Writes one line, cut at 800 bytes: a record of /dev/kmsg holds about 900. If /dev/kmsg cannot
  /// be written the line goes to standard error, so that nothing is lost.
  void line(Severity severity, std::string_view text) const;

 private:
  void write_record(std::string_view record, std::error_code& error) const;

  const Root& root_;
  bool echo_;
  mutable Descriptor file_{};
  mutable int left_ = 0;  ///< how many records this opening takes yet
};

}  // namespace driver_override
