// SPDX-License-Identifier: LGPL-2.1-or-later
// For every PCI device of every tree: `suggest` prints a rule that takes exactly that device, and
// still does after all buses but the root buses have other numbers.
#include <gtest/gtest.h>

#include <set>

#include "hook/plan.hpp"
#include "hook/sysfs.hpp"
#include "parser/command_line.hpp"
#include "tests/golden_file.hpp"
#include "tests/shell.hpp"
#include "tests/trees/planted_root.hpp"

namespace {

namespace fs = std::filesystem;
using driver_override::Action;
using driver_override::DeviceId;
using driver_override::Root;

std::string suggest(const fs::path& root, const std::string& device) {
  const std::string command = std::string(DRIVER_OVERRIDE_PATH) + " suggest --root '" +
                              root.string() + "' '" + device + "' pci-stub 2>/dev/null";
  auto [output, status] = shell::run(command);
  EXPECT_EQ(status, 0) << device << ": " << output;
  if (!output.empty()) output.pop_back();
  return output;
}

/// Where a device sits, without the numbers of buses: the root bus of its chain, then slots.
std::string topology(const Root& root, const std::string& name) {
  const auto chain = driver_override::read_sysfs_pci_chain(root, {"pci", name});
  std::string text = chain.empty() ? name : to_text(chain.front());
  for (std::size_t i = 1; i < chain.size(); ++i) {
    const std::string step = to_text(chain[i]);
    text += "/" + step.substr(step.rfind(':') + 1);
  }
  return text;
}

/// The places of the devices that a command line takes on a tree.
std::set<std::string> taken(const Root& root, const std::string& parameter) {
  const auto rules = driver_override::parse_command_line(parameter).rules;
  std::set<std::string> places;
  for (const Action& action :
       driver_override::make_plan(rules, driver_override::read_sysfs_inventory(root, rules))
           .actions)
    places.insert(topology(root, action.device.id.name));
  return places;
}

class SuggestOnTree : public testing::TestWithParam<fs::path> {};

TEST_P(SuggestOnTree, SurvivesOtherBusNumbers) {
  const std::string description = shell::read_file(GetParam());
  const device_trees::PlantedRoot before(description);
  const device_trees::PlantedRoot after(description, true);
  const Root root(before.path());
  const Root renumbered(after.path());
  std::error_code error;
  for (const std::string& name : root.list("sys/bus/pci/devices", error)) {
    const std::string parameter = suggest(before.path(), name);
    const std::set<std::string> itself = {topology(root, name)};
    EXPECT_EQ(taken(root, parameter), itself) << parameter;
    EXPECT_EQ(taken(renumbered, parameter), itself) << parameter;
  }
}

INSTANTIATE_TEST_SUITE_P(Trees, SuggestOnTree,
                         testing::ValuesIn(golden::cases(TREES_DIRECTORY, ".tree")),
                         [](const auto& one) {
                           return golden::test_name(one.param, TREES_DIRECTORY);
                         });

}  // namespace
