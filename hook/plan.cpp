// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/plan.hpp"

#include <algorithm>
#include <optional>

#include "hook/match.hpp"
#include "parser/diagnostic.hpp"

namespace driver_override {
namespace {

constexpr std::uint32_t storage_class = 0x01;
constexpr std::uint32_t bridge_class = 0x06;

enum class Naming { not_named, by_wildcard, spelled_out };

Naming how_named(const Rule& rule, const DeviceId& device) {
  Naming naming = Naming::not_named;
  if (rule.bus != device.bus) return naming;
  for (const DevicePattern& pattern : rule.devices) {
    if (!names(pattern, device.name)) continue;
    if (!has_wildcard(pattern)) return Naming::spelled_out;
    naming = Naming::by_wildcard;
  }
  return naming;
}

/// Why a wildcard does not take the device; empty where it may.
std::string wildcard_refusal(const Device& device, const std::string& driver) {
  if (device.id.bus != "pci") {
    if (!device.driver || *device.driver == driver) return {};
    return "a wildcard takes no device that has a driver, and " + in_quotes(*device.driver) +
           " has it";
  }
  if (!device.pci_class) return "a wildcard takes no device whose class cannot be read";
  const std::uint32_t base = *device.pci_class >> 16U;
  if (base == bridge_class) return "a wildcard takes no bridge";
  if (base == storage_class) return "a wildcard takes no storage controller";
  return {};
}

/// Goes through the rules from the last to the first for one device.
class Decision {
 public:
  Decision(const std::vector<Rule>& rules, const Device& device, Plan& plan)
      : rules_(rules), device_(device), plan_(plan) {}

  void decide() {
    for (std::size_t index = rules_.size(); index-- > 0;)
      if (decide_by(index)) return;
    // No rule took it; the last refusal says what a reader would ask.
    if (refusal_) plan_.skips.push_back(*refusal_);
  }

 private:
  /// True where the rule settles the device.
  bool decide_by(std::size_t index) {
    const Rule& rule = rules_[index];
    const Naming naming = how_named(rule, device_.id);
    if (rule.bad && naming != Naming::not_named)
      return settle({device_, index, "the rule that names it could not be read"});
    if (rule.bad && rule.devices_unreadable && (rule.bus.empty() || rule.bus == device_.id.bus))
      holding_ = holding_ ? holding_ : &rule;
    if (rule.bad || naming == Naming::not_named) return false;
    if (rule.driver.empty()) return settle({device_, index, "a rule exempts it"});
    if (naming == Naming::by_wildcard && holding_ != nullptr)
      return settle(
          {device_, index,
           "a later rule that could not be read may exempt it: " + in_quotes(holding_->text)});
    if (naming == Naming::by_wildcard) {
      const std::string refusal = wildcard_refusal(device_, rule.driver);
      if (!refusal.empty()) {
        if (!refusal_) refusal_ = Skip{device_, index, refusal};
        return false;
      }
    }
    plan_.actions.push_back({device_, rule.driver, index, naming == Naming::spelled_out});
    return true;
  }

  bool settle(const Skip& skip) {
    plan_.skips.push_back(skip);
    return true;
  }

  const std::vector<Rule>& rules_;
  const Device& device_;
  Plan& plan_;
  const Rule* holding_ = nullptr;  ///< a later bad rule that may exempt any device of this bus
  std::optional<Skip> refusal_;
};

bool names_any(const Rule& rule, const Inventory& inventory) {
  const auto& devices = inventory.devices;
  return std::any_of(devices.begin(), devices.end(), [&](const Device& device) {
    return how_named(rule, device.id) != Naming::not_named;
  });
}

}  // namespace

Plan make_plan(const std::vector<Rule>& rules, const Inventory& inventory) {
  Plan plan;
  for (const Device& device : inventory.devices) Decision(rules, device, plan).decide();
  for (std::size_t index = 0; index < rules.size(); ++index)
    if (!rules[index].bad && !names_any(rules[index], inventory))
      plan.unmatched.push_back({index, inventory.absent_buses.count(rules[index].bus) != 0});
  return plan;
}

}  // namespace driver_override
