// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/plan_index.hpp"

#include "parser/spelling.hpp"

namespace driver_override {

bool exempts_on_misspelt_bus(const Rule& rule, const std::string& bus, const Inventory& inventory) {
  return !rule.bad && rule.driver.empty() && inventory.absent_buses.count(rule.bus) != 0 &&
         spelling_distance(rule.bus, bus) <= 1;
}

PlanIndex::PlanIndex(const std::vector<Rule>& rules, const Inventory& inventory) {
  for (const Device& device : inventory.devices) indexes_[device.id.bus];
  for (std::size_t number = 0; number < rules.size(); ++number)
    add(rules[number], number, inventory);
}

RuleIndex::Numbers PlanIndex::candidates(const Device& device) const {
  return indexes_.at(device.id.bus).candidates(device);
}

void PlanIndex::add(const Rule& rule, std::size_t number, const Inventory& inventory) {
  // A bad rule may hold others back that name a device, whatever it names itself.
  for (auto& [bus, index] : indexes_)
    if (rule.bad || exempts_on_misspelt_bus(rule, bus, inventory)) index.add_to_all(number);
  const auto on_bus = indexes_.find(rule.bus);
  if (rule.bad || on_bus == indexes_.end()) return;
  for (const DevicePattern& part : rule.devices) on_bus->second.add(part, number);
}

}  // namespace driver_override
