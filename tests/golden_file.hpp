// SPDX-License-Identifier: LGPL-2.1-or-later
// The golden tests' way with files: which cases there are, what a test is called, and what is
// expected of it. With UPDATE_GOLDEN=1 in the environment the expectations are rewritten; read
// the difference before it is committed.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/shell.hpp"

namespace golden {

/// True if expectations are to be written, not compared alone.
inline bool is_update() {
  return std::getenv("UPDATE_GOLDEN") != nullptr;
}

inline void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// The files with that extension in a folder and below it, sorted.
inline std::vector<std::filesystem::path> cases(const std::filesystem::path& folder,
                                                const std::string& extension) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == extension) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

/// A case's name as GoogleTest takes it: its path from the folder on, without its extension.
inline std::string test_name(std::filesystem::path path, const std::filesystem::path& folder) {
  std::string name = path.lexically_relative(folder).replace_extension().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char byte) { return std::isalnum(byte) == 0; }, '_');
  return name;
}

/// Compares a text with what the file holds, byte for byte.
inline void expect_same(const std::string& actual, const std::filesystem::path& expectation) {
  if (is_update()) write_file(expectation, actual);
  EXPECT_EQ(actual, shell::read_file(expectation));
}

}  // namespace golden
