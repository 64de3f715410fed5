// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/plan.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "hook/match.hpp"
#include "parser/diagnostic.hpp"

namespace driver_override {
namespace {

constexpr std::uint32_t storage_class = 0x01;

enum class Naming { not_named, by_wildcard, spelled_out };

/// How a rule names a device, and by which of its patterns.
struct Named {
  Naming how = Naming::not_named;
  const DevicePattern* pattern = nullptr;
};

/// The class is compared as text, "030000" say, with the rule's first digits.
bool class_fits(const Rule& rule, const Device& device) {
  const std::string& prefix = rule.options.class_prefix;
  if (prefix.empty() || rule.bad) return true;
  if (!device.pci_class) return false;
  std::array<char, 9> text{};
  (void)std::snprintf(text.data(), text.size(), "%06x", *device.pci_class);
  return std::string_view(text.data()).substr(0, prefix.size()) == prefix;
}

Named how_named(const Rule& rule, const Device& device) {
  Named named;
  if (rule.bus != device.id.bus || !class_fits(rule, device)) return named;
  for (const DevicePattern& pattern : rule.devices) {
    if (!names(pattern, device)) continue;
    if (!has_wildcard(pattern)) return {Naming::spelled_out, &pattern};
    named = {Naming::by_wildcard, &pattern};
  }
  return named;
}

/// Why the device is not the card that the rule's guard asks for; empty where it is.
std::string guard_refusal(const Rule& rule, const DevicePattern& pattern, const Device& device) {
  if (!rule.options.id) return {};
  const std::optional<PciIds>& present = names_slot(pattern) ? device.slot_ids : device.ids;
  if (present && ids_match(*rule.options.id, *present)) return {};
  const bool with_subsystem = rule.options.id->subvendor != 0 || rule.options.id->subdevice != 0;
  return "the rule wants " + rule.options.id_text + " there, and it is " +
         (present ? to_text(*present, with_subsystem) : "unreadable");
}

/// Why a wildcard does not take the device; empty where it may.
std::string wildcard_refusal(const Device& device, const Rule& rule) {
  const std::string& driver = rule.driver;
  const bool has_other = device.driver && *device.driver != driver;
  if (!rule.options.class_prefix.empty()) {
    // What is behind the bridge would go with it.
    if (is_bridge(device) && has_other) return "a wildcard takes no bridge from its driver";
    return {};
  }
  if (device.id.bus != "pci") {
    if (!has_other) return {};
    return "a wildcard takes no device that has a driver, and " + in_quotes(*device.driver) +
           " has it";
  }
  if (!device.pci_class) return "a wildcard takes no device whose class cannot be read";
  if (is_bridge(device)) return "a wildcard takes no bridge";
  if (*device.pci_class >> 16U == storage_class) return "a wildcard takes no storage controller";
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
    const Named named = how_named(rule, device_);
    if (rule.bad && named.how != Naming::not_named)
      return settle({device_, index, "the rule that names it could not be read"});
    if (rule.bad && rule.devices_unreadable && (rule.bus.empty() || rule.bus == device_.id.bus))
      holding_ = holding_ ? holding_ : &rule;
    if (rule.bad || named.how == Naming::not_named) return false;
    const bool spelled_out = named.how == Naming::spelled_out;
    if (rule.driver.empty()) return settle({device_, index, "a rule exempts it"});
    if (!spelled_out && holding_ != nullptr)
      return settle(
          {device_, index,
           "a later rule that could not be read may exempt it: " + in_quotes(holding_->text)});
    const std::string guard = guard_refusal(rule, *named.pattern, device_);
    if (!guard.empty() && spelled_out) return settle({device_, index, guard, true});
    const std::string refusal = !guard.empty() ? guard
                                : spelled_out  ? std::string()
                                               : wildcard_refusal(device_, rule);
    if (!refusal.empty()) {
      if (!refusal_) refusal_ = Skip{device_, index, refusal};
      return false;
    }
    if (rule.options.norebind && device_.driver && *device_.driver != rule.driver)
      return settle({device_, index,
                     "the rule says norebind, and " + in_quotes(*device_.driver) + " has it"});
    plan_.actions.push_back({device_, rule.driver, index, spelled_out, rule.options.module});
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
    return how_named(rule, device).how != Naming::not_named;
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
