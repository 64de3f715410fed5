// SPDX-License-Identifier: LGPL-2.1-or-later
// Each case is NAME.cmdline, given to `check --cmdline-file`, and NAME.expect: the exit status, the
// findings and the rules, byte for byte.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "tests/golden_file.hpp"
#include "tests/shell.hpp"

namespace {

namespace fs = std::filesystem;

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
  golden::expect_same(actual, fs::path(GetParam()).replace_extension(".expect"));
}

/// All messages and hints of all expectations, each once: they are to read as one voice.
std::string all_messages() {
  std::set<std::string> messages;
  for (const fs::path& file : golden::cases(TESTS_DIRECTORY, ".expect")) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);)
      if (line.rfind("driver-override: ", 0) == 0 || line.rfind("  hint: ", 0) == 0)
        messages.insert(line);
  }
  std::string text;
  for (const std::string& message : messages) text += message + "\n";
  return text;
}

TEST(Golden, AllMessagesAndTheHelp) {
  golden::expect_same(all_messages() + "\n" + run("--help"),
                      fs::path(GOLDEN_DIRECTORY) / "messages.txt");
}

INSTANTIATE_TEST_SUITE_P(Cases, Check,
                         testing::ValuesIn(golden::cases(GOLDEN_DIRECTORY, ".cmdline")),
                         [](const auto& one) {
                           return golden::test_name(one.param, GOLDEN_DIRECTORY);
                         });

}  // namespace
