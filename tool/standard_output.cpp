// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/standard_output.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace driver_override {

void outlive_readers_of_standard_output() {
  (void)std::signal(SIGPIPE, SIG_IGN);
}

// A buffer that could not be written is dropped, and the next one may be written (glibc,
// _IO_new_file_xsputn): only the stream's error tells.
std::string standard_output_fault() {
  if (std::fflush(stdout) != 0) return std::strerror(errno);
  return std::ferror(stdout) != 0 ? "not all of it could be written" : std::string();
}

}  // namespace driver_override
