// SPDX-License-Identifier: LGPL-2.1-or-later
// Each case is NAME.cmdline, given to `check --cmdline-file`, and NAME.expect: the exit status, the
// findings and the rules, byte for byte. With UPDATE_GOLDEN=1 in the environment the expectations
// are written anew; read the difference before it is committed.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "tests/shell.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> cases() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(GOLDEN_DIRECTORY))
    if (entry.path().extension() == ".cmdline") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

std::string run(const std::string& arguments) {
  return shell::to_text(shell::run(std::string(DRIVER_OVERRIDE_PATH) + " " + arguments + " 2>&1"));
}

/// A root without anything in it, for all cases.
const std::string& empty_root() {
  static const struct Folder {
    Folder() { (void)!::mkdtemp(name.data()); }
    ~Folder() { fs::remove(name); }
    std::string name = testing::TempDir() + "driver-override-XXXXXX";
  } folder;
  return folder.name;
}

class Check : public testing::TestWithParam<fs::path> {};

TEST_P(Check, Prints) {
  const std::string actual =
      run("check --root " + empty_root() + " --cmdline-file '" + GetParam().string() + "'");
  const fs::path expectation = fs::path(GetParam()).replace_extension(".expect");
  if (std::getenv("UPDATE_GOLDEN") != nullptr)
    std::ofstream(expectation, std::ios::binary) << actual;
  EXPECT_EQ(actual, shell::read_file(expectation));
}

std::string test_name(const testing::TestParamInfo<fs::path>& info) {
  std::string name = fs::relative(info.param, GOLDEN_DIRECTORY).replace_extension().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

/// All messages and hints of all expectations, each once: they are to read as one voice.
std::string all_messages() {
  std::set<std::string> messages;
  for (const auto& entry : fs::recursive_directory_iterator(TESTS_DIRECTORY)) {
    if (entry.path().extension() != ".expect") continue;
    std::ifstream lines(entry.path());
    for (std::string line; std::getline(lines, line);)
      if (line.rfind("driver-override: ", 0) == 0 || line.rfind("  hint: ", 0) == 0)
        messages.insert(line);
  }
  std::string text;
  for (const std::string& message : messages) text += message + "\n";
  return text;
}

TEST(Golden, AllMessagesAndTheHelp) {
  const std::string actual = all_messages() + "\n" + run("--help");
  const fs::path expectation = fs::path(GOLDEN_DIRECTORY) / "messages.txt";
  if (std::getenv("UPDATE_GOLDEN") != nullptr)
    std::ofstream(expectation, std::ios::binary) << actual;
  EXPECT_EQ(actual, shell::read_file(expectation));
}

INSTANTIATE_TEST_SUITE_P(Cases, Check, testing::ValuesIn(cases()), test_name);

}  // namespace
