// SPDX-License-Identifier: LGPL-2.1-or-later
// The rules by what they can decide about, for all buses that have devices.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/rule_index.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// True for an exemption on a bus that does not exist, one letter away from another one: a slip,
/// such as "PCI" or "pcie", is far likelier than a machine that has only the other one.
/// \param bus  the other one
bool exempts_on_misspelt_bus(const Rule& rule, const std::string& bus, const Inventory& inventory);

class PlanIndex {
 public:
  PlanIndex(const std::vector<Rule>& rules, const Inventory& inventory);

  /// The indices of all rules that may name the device or hold others back, growing.
  /// \param device  of the inventory
  [[nodiscard]] RuleIndex::Numbers candidates(const Device& device) const;

 private:
  void add(const Rule& rule, std::size_t number, const Inventory& inventory);

  std::map<std::string, RuleIndex> indexes_;
};

}  // namespace driver_override
