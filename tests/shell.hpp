// SPDX-License-Identifier: LGPL-2.1-or-later
// A shell command for the time of a test: what it prints and how it ends. The golden tests share
// it.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace shell {

struct Ending {
  std::string output;  ///< of standard output; of both outputs if the command says `2>&1`
  int status = 0;      ///< the exit status
};

/// Runs a command with sh. Throws std::runtime_error if it cannot be begun.
inline Ending run(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error(command + ": cannot be run");
  Ending ending;
  for (int byte = std::fgetc(pipe); byte != EOF; byte = std::fgetc(pipe))
    ending.output += static_cast<char>(byte);
  ending.status = WEXITSTATUS(::pclose(pipe));
  return ending;
}

/// An ending as golden files have it: a line with the exit status, then what was printed.
inline std::string to_text(const Ending& ending) {
  return "exit status " + std::to_string(ending.status) + "\n" + ending.output;
}

/// A word that sh passes on as it is.
inline std::string quoted(std::string_view word) {
  std::string text = "'";
  for (const char byte : word) text += byte == '\'' ? std::string("'\\''") : std::string(1, byte);
  return text + "'";
}

/// The bytes of a file; none if it cannot be read.
inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace shell
