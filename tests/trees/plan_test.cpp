// SPDX-License-Identifier: LGPL-2.1-or-later
// Each case is plans/TREE/NAME.args, one argument a line, run as `driver-override ARGUMENTS --root
// TREE`, and NAME.expect: the exit status and all that it prints. UPDATE_GOLDEN=1 in the
// environment writes the expectations anew; read the difference before it is committed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>

#include "tests/shell.hpp"
#include "tests/trees/planted_root.hpp"

namespace {

namespace fs = std::filesystem;

/// Each machine is planted once.
const fs::path& planted(const std::string& tree) {
  static std::map<std::string, std::unique_ptr<device_trees::PlantedRoot>> roots;
  auto& root = roots[tree];
  if (!root)
    root = std::make_unique<device_trees::PlantedRoot>(
        shell::read_file(fs::path(TREES_DIRECTORY) / (tree + ".tree")));
  return root->path();
}

std::string run(const fs::path& arguments, const fs::path& root) {
  std::string command = DRIVER_OVERRIDE_PATH;
  std::ifstream lines(arguments);
  for (std::string line; std::getline(lines, line);) command += " '" + line + "'";
  command += " --root '" + root.string() + "' 2>&1";
  return shell::to_text(shell::run(command));
}

std::vector<fs::path> cases() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(TREES_DIRECTORY) / "plans"))
    if (entry.path().extension() == ".args") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

class PlanOnTree : public testing::TestWithParam<fs::path> {};

TEST_P(PlanOnTree, Prints) {
  const std::string tree = GetParam().parent_path().filename();
  const std::string actual = run(GetParam(), planted(tree));
  const fs::path expectation = fs::path(GetParam()).replace_extension(".expect");
  if (std::getenv("UPDATE_GOLDEN") != nullptr)
    std::ofstream(expectation, std::ios::binary) << actual;
  EXPECT_EQ(actual, shell::read_file(expectation));
}

std::string test_name(const testing::TestParamInfo<fs::path>& one) {
  std::string name = one.param.parent_path().filename().string() + "_" + one.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Trees, PlanOnTree, testing::ValuesIn(cases()), test_name);

}  // namespace
