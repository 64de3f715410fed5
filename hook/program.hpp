// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs a program of the root, such as modprobe, to its end.
#pragma once

#include <string>
#include <system_error>
#include <vector>

#include "hook/root.hpp"

namespace driver_override {

/// How a program ended.
struct ProgramResult {
  int status = 0;            ///< its exit status
  std::string error_output;  ///< what it wrote to standard error, at most 4 kB
  int signal = 0;            ///< that ended it; 0 if it ended by itself
};

/// Runs the program with standard input and output at /dev/null, in a process group of its own:
/// nobody kills it along with us, since a driver that is slow to probe is no fault.
///
/// \param words  the program's name, which is looked for in /sbin, /usr/sbin, /bin and /usr/bin and
///               not on PATH (below another root only in DIR/sbin), and its arguments
/// \param error  set if it could not be run
ProgramResult run_program(const Root& root, std::vector<std::string> words, std::error_code& error);

}  // namespace driver_override
