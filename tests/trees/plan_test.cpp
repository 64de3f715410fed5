// SPDX-License-Identifier: LGPL-2.1-or-later
// Each case is plans/TREE/NAME.args, one argument per line, run as `driver-override ARGUMENTS
// --root TREE`, and NAME.expect: the exit status and all that it prints.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>

#include "tests/golden_file.hpp"
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

const fs::path plans = fs::path(TREES_DIRECTORY) / "plans";

class PlanOnTree : public testing::TestWithParam<fs::path> {};

TEST_P(PlanOnTree, Prints) {
  const std::string tree = GetParam().parent_path().filename();
  golden::expect_same(run(GetParam(), planted(tree)),
                      fs::path(GetParam()).replace_extension(".expect"));
}

INSTANTIATE_TEST_SUITE_P(Trees, PlanOnTree, testing::ValuesIn(golden::cases(plans, ".args")),
                         [](const auto& one) { return golden::test_name(one.param, plans); });

}  // namespace
