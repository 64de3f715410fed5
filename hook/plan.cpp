// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/plan.hpp"

#include <optional>

#include "hook/naming.hpp"
#include "hook/plan_index.hpp"
#include "hook/plan_review.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

/// Why the device is not the card that the rule's guard asks for; empty if it is.
std::string guard_refusal(const Rule& rule, const DevicePattern& pattern, const Device& device) {
  if (!rule.options.id) return {};
  const std::optional<PciIds>& present = names_slot_in_rule(pattern) ? device.card_ids : device.ids;
  if (present && ids_match(*rule.options.id, *present)) return {};
  const bool with_subsystem = rule.options.id->subvendor != 0 || rule.options.id->subdevice != 0;
  return "the rule wants " + rule.options.id_text + " there, and it is " +
         (present ? to_text(*present, with_subsystem) : "unreadable");
}

/// The option that lets a pattern take the device, "class=0108".
std::string class_option(const Device& device) {
  return "class=" + pci_class_digits(device.pci_class.value_or(0)).substr(0, 4);
}

/// Why a pattern without `class=` takes no device of this kind; empty if it may.
std::string kind_refusal(const Device& device) {
  const bool on_pci = device.id.bus == "pci";
  if ((on_pci && !device.pci_class) || (device.id.bus == "vmbus" && !device.vmbus_class))
    return "a pattern takes no device whose class cannot be read";
  if (is_bridge_device(device)) return "a pattern takes a bridge only with " + class_option(device);
  if (may_device_hold_the_root(device))
    return "a pattern takes what may hold the root file system only " +
           (on_pci ? "with " + class_option(device) : std::string("by its full name"));
  return {};
}

/// Why a pattern does not take the device; empty if it may.
std::string pattern_refusal(const Device& device, const Rule& rule) {
  const bool has_other = device.driver && *device.driver != rule.driver;
  // What is behind the bridge would go with it.
  if (is_bridge_device(device) && has_other) return "a pattern takes no bridge from its driver";
  if (!rule.options.class_prefix.empty()) return {};
  if (std::string refusal = kind_refusal(device); !refusal.empty()) return refusal;
  if (device.id.bus == "pci" || !has_other) return {};
  return "a pattern takes no device that has a driver, and " + in_quotes(*device.driver) +
         " has it";
}

/// True if the rule may take the device only from no driver.
bool takes_only_free(const Rule& rule, const Device& device, Naming how) {
  return rule.options.norebind ||
         (how == Naming::by_pattern && (device.id.bus != "pci" || is_bridge_device(device)));
}

/// Goes through the rules from the last to the first for one device.
class PlanDecision {
 public:
  PlanDecision(const std::vector<Rule>& rules, const Inventory& inventory, const Device& device,
               Plan& plan)
      : rules_(rules), inventory_(inventory), device_(device), plan_(plan) {}

  /// \param candidates  the rules that may decide, growing
  void decide(const RuleIndex::Numbers& candidates) {
    for (auto index = candidates.rbegin(); index != candidates.rend(); ++index) {
      if (holding_ == nullptr && holds_back(rules_[*index])) holding_ = &rules_[*index];
      if (rules_[*index].bad ? decide_by_bad(*index) : decide_by(*index)) return;
    }
    // No rule took it; the last refusal says what a reader would ask.
    if (refusal_) plan_.skips.push_back(*refusal_);
  }

 private:
  /// True if the rule settles the device.
  bool decide_by_bad(std::size_t index) {
    const Rule& rule = rules_[index];
    return strongest_naming(rule, device_).how != Naming::not_named &&
           settle({device_, index, "the rule that names it could not be read"});
  }

  bool decide_by(std::size_t index) {
    const Rule& rule = rules_[index];
    const Named named = strongest_naming(rule, device_);
    if (named.how == Naming::not_named) return false;
    if (rule.driver.empty()) return settle({device_, index, "a rule exempts it"});
    if (holding_ != nullptr && named.how != Naming::exactly)
      return settle(
          {device_, index,
           std::string("a later rule ") +
               (holding_->bad ? "that could not be read" : "for a bus that does not exist") +
               " may exempt it: " + in_quotes(holding_->text)});
    const bool by_pattern = named.how == Naming::by_pattern;
    const std::string guard = guard_refusal(rule, *named.part, device_);
    if (!guard.empty() && !by_pattern) return settle({device_, index, guard, true});
    if (by_pattern && is_refused(index, guard)) return false;
    if (rule.options.norebind && device_.driver && *device_.driver != rule.driver)
      return settle({device_, index,
                     "the rule says norebind, and " + in_quotes(*device_.driver) + " has it"});
    plan_.actions.push_back({device_, rule.driver, index, !by_pattern, rule.options.module,
                             takes_only_free(rule, device_, named.how)});
    return true;
  }

  /// True if the rule's pattern does not take the device; an earlier rule may.
  bool is_refused(std::size_t index, const std::string& guard) {
    const std::string refusal = guard.empty() ? pattern_refusal(device_, rules_[index]) : guard;
    if (!refusal.empty() && !refusal_) refusal_ = Skip{device_, index, refusal};
    return !refusal.empty();
  }

  /// True if the rule, which does not name the device, may have been meant to exempt it.
  [[nodiscard]] bool holds_back(const Rule& rule) const {
    return rule.bad ? reaches(rule) : exempts_on_misspelt_bus(rule, device_.id.bus, inventory_);
  }

  [[nodiscard]] bool reaches(const Rule& bad) const {
    switch (bad.reach) {
      case Reach::its_devices:
        // A misspelt bus may be any.
        return inventory_.absent_buses.count(bad.bus) != 0;
      case Reach::its_bus:
        return bad.bus == device_.id.bus || inventory_.absent_buses.count(bad.bus) != 0;
      case Reach::every_bus:
        break;
    }
    return true;
  }

  bool settle(const Skip& skip) {
    plan_.skips.push_back(skip);
    return true;
  }

  const std::vector<Rule>& rules_;
  const Inventory& inventory_;
  const Device& device_;
  Plan& plan_;
  const Rule* holding_ = nullptr;  ///< the last rule that may have been meant to exempt it
  std::optional<Skip> refusal_;
};

}  // namespace

Plan make_plan(const std::vector<Rule>& rules, const Inventory& inventory) {
  Plan plan;
  const PlanIndex index(rules, inventory);
  for (const Device& device : inventory.devices)
    PlanDecision(rules, inventory, device, plan).decide(index.candidates(device));
  review_rules(plan, rules, inventory, index);
  return plan;
}

}  // namespace driver_override
