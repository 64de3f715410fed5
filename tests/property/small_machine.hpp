// SPDX-License-Identifier: LGPL-2.1-or-later
// A machine of a few devices, and what rules would wrongly take on it once an exception is spoilt.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "hook/configuration.hpp"
#include "hook/plan.hpp"

namespace driver_override {

inline Device pci_device(unsigned domain, unsigned bus, unsigned slot, unsigned function) {
  const PciSlot address = {domain, bus, slot, function};
  Device device({"pci", to_text(address)});
  device.pci_class = 0x020000;
  device.ids = PciIds{0x8086, static_cast<std::uint16_t>(0x1000 + slot), 0, 0};
  device.card_ids = device.ids;
  device.chain =
      bus == 0 ? std::vector<PciSlot>{address} : std::vector<PciSlot>{{0, 0, 1, 0}, address};
  return device;
}

/// Cards on two buses and in two domains, and platform devices; none has a driver.
inline Inventory small_machine() {
  Inventory inventory;
  for (unsigned slot = 0x10; slot < 0x14; ++slot)
    for (unsigned function = 0; function < 2; ++function) {
      inventory.devices.push_back(pci_device(0, 0, slot, function));
      inventory.devices.push_back(pci_device(0, 2, slot, function));
      inventory.devices.push_back(pci_device(1, 2, slot, function));
    }
  for (const char* name :
       {"fe000000.serial", "fe001000.serial", "foo.0", "foo.1", "foo.2", "pcspkr"}) {
    inventory.devices.emplace_back(DeviceId{"platform", name});
  }
  return inventory;
}

/// Which buses of the rules such a machine does not have.
inline void note_absent_buses(const std::vector<Rule>& rules, Inventory& inventory) {
  for (const Rule& rule : rules)
    if (rule.bus != "pci" && rule.bus != "platform" && !rule.bus.empty())
      inventory.absent_buses.insert(rule.bus);
}

inline Plan plan_of(const Configuration& configuration) {
  static Inventory inventory = small_machine();
  inventory.absent_buses.clear();
  note_absent_buses(configuration.rules, inventory);
  return make_plan(configuration.rules, inventory);
}

/// The devices that the rule of that index exempts.
inline std::set<DeviceId> spared_by(const Plan& plan, std::size_t rule) {
  std::set<DeviceId> spared;
  for (const Skip& skip : plan.skips)
    if (skip.rule == rule) spared.insert(skip.device.id);
  return spared;
}

inline std::set<DeviceId> exactly_named(const std::vector<Rule>& rules) {
  std::set<DeviceId> named;
  for (const Rule& rule : rules)
    for (const DevicePattern& device : rule.devices)
      if (const auto name = exact_name_in_rule(device); name && !rule.driver.empty())
        named.insert({rule.bus, *name});
  return named;
}

/// The devices that are taken although the exception spares them.
inline std::string wrongly_taken(const Configuration& sound, const Configuration& after) {
  const Plan before = plan_of(sound);
  const std::set<DeviceId> spared = spared_by(before, sound.rules.size() - 1);
  const std::set<DeviceId> exact = exactly_named(sound.rules);
  std::string taken;
  for (const Action& action : plan_of(after).actions)
    if (spared.count(action.device.id) != 0 && exact.count(action.device.id) == 0)
      taken += " " + to_text(action.device.id);
  return after.enabled ? taken : std::string();
}

}  // namespace driver_override
