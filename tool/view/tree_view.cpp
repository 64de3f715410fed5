// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/tree_view.hpp"

#include <algorithm>
#include <map>

#include "hook/sysfs.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

using Chain = std::vector<PciSlot>;

/// Devices by the path to them, so that each comes after the bridge that leads to it.
using Tree = std::map<Chain, const ListedDevice*>;

/// "0000:00:03.2" at the root, "  /00.0" below it; the address beside it, as a path hides it.
std::string tree_step_text(const Chain& chain) {
  std::string address = to_text(chain.back());
  if (chain.size() == 1) return address;
  return std::string(2 * (chain.size() - 1), ' ') + "/" + address.substr(address.rfind(':') + 1) +
         " " + address;
}

bool tree_leads_to(const Chain& start, const Chain& chain) {
  return start.size() <= chain.size() && std::equal(start.begin(), start.end(), chain.begin());
}

bool tree_leads_to_wanted(const Chain& start, const std::vector<Chain>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const Chain& chain) { return tree_leads_to(start, chain); });
}

}  // namespace

void print_tree(const Root& root, const Terminal& terminal, const std::vector<ListedDevice>& all,
                const std::vector<ListedDevice>& wanted) {
  Tree tree;
  for (const ListedDevice& one : all)
    if (Chain chain = read_sysfs_pci_chain(root, one.device.id); !chain.empty())
      tree.emplace(std::move(chain), &one);
  std::vector<Chain> wanted_chains;
  std::vector<TableRow> rows;
  std::vector<TableRow> others;
  for (const ListedDevice& one : wanted) {
    Chain chain = read_sysfs_pci_chain(root, one.device.id);
    if (chain.empty())
      others.push_back({rule_name_of_device(one.device.id), &one});
    else
      wanted_chains.push_back(std::move(chain));
  }
  for (const auto& [chain, device] : tree)
    if (tree_leads_to_wanted(chain, wanted_chains)) rows.push_back({tree_step_text(chain), device});
  rows.insert(rows.end(), others.begin(), others.end());
  print_device_table(terminal, rows, 0, false);
}

}  // namespace driver_override
