// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/plan.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "hook/match.hpp"
#include "hook/rule_index.hpp"
#include "parser/printable.hpp"
#include "parser/spelling.hpp"

namespace driver_override {
namespace {

/// How a rule names a device. A stronger naming is a greater one.
enum class Naming { not_named, by_pattern, spelled_out, exactly };

/// How a rule names a device, and by which of its parts.
struct Named {
  Naming how = Naming::not_named;
  const DevicePattern* part = nullptr;
};

/// The class is compared as text, "030000" say, with the rule's first digits.
bool class_fits(const Rule& rule, const Device& device) {
  const std::string& prefix = rule.options.class_prefix;
  if (prefix.empty() || rule.bad) return true;
  if (!device.pci_class) return false;
  return pci_class_digits(*device.pci_class).starts_with(prefix);
}

/// True if the rule's bus and its class do not rule the device out.
bool may_plan_name(const Rule& rule, const Device& device) {
  return rule.bus == device.id.bus && class_fits(rule, device);
}

Naming how_plan_names(const DevicePattern& part, const Device& device) {
  if (!names(part, device)) return Naming::not_named;
  if (is_rule_pattern(part)) return Naming::by_pattern;
  return exact_name_in_rule(part) ? Naming::exactly : Naming::spelled_out;
}

/// The strongest of the rule's namings.
Named how_plan_names(const Rule& rule, const Device& device) {
  Named named;
  if (!may_plan_name(rule, device)) return named;
  for (const DevicePattern& part : rule.devices)
    if (const Naming how = how_plan_names(part, device); how > named.how) named = {how, &part};
  return named;
}

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

/// True for an exemption on a bus that does not exist, one letter away from another one: a slip,
/// such as "PCI" or "pcie", is far likelier than a machine that has only the other one.
bool exempts_on_misspelt_bus(const Rule& rule, const std::string& bus, const Inventory& inventory) {
  return !rule.bad && rule.driver.empty() && inventory.absent_buses.count(rule.bus) != 0 &&
         spelling_distance(rule.bus, bus) <= 1;
}

/// The rules by what they can name, for all buses that have devices.
class PlanIndex {
 public:
  PlanIndex(const std::vector<Rule>& rules, const Inventory& inventory) {
    for (const Device& device : inventory.devices) indexes_[device.id.bus];
    for (std::size_t number = 0; number < rules.size(); ++number)
      add(rules[number], number, inventory);
  }

  [[nodiscard]] RuleIndex::Numbers candidates(const Device& device) const {
    return indexes_.at(device.id.bus).candidates(device);
  }

 private:
  void add(const Rule& rule, std::size_t number, const Inventory& inventory) {
    // A bad rule may hold others back that name a device, whatever it names itself.
    for (auto& [bus, index] : indexes_)
      if (rule.bad || exempts_on_misspelt_bus(rule, bus, inventory)) index.add_to_all(number);
    const auto on_bus = indexes_.find(rule.bus);
    if (rule.bad || on_bus == indexes_.end()) return;
    for (const DevicePattern& part : rule.devices) on_bus->second.add(part, number);
  }

  std::map<std::string, RuleIndex> indexes_;
};

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
    return how_plan_names(rule, device_).how != Naming::not_named &&
           settle({device_, index, "the rule that names it could not be read"});
  }

  bool decide_by(std::size_t index) {
    const Rule& rule = rules_[index];
    const Named named = how_plan_names(rule, device_);
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

/// Which rules have an action or a skip.
std::set<std::size_t> deciding_rules_in_plan(const Plan& plan) {
  std::set<std::size_t> rules;
  for (const Action& action : plan.actions) rules.insert(action.rule);
  for (const Skip& skip : plan.skips) rules.insert(skip.rule);
  return rules;
}

/// What a rule names, whatever later ones decide.
struct PlanNames {
  std::vector<DeviceId> devices;
  std::vector<bool> parts;  ///< which of Rule::devices name one
};

void add_to_names(PlanNames& named, const Rule& rule, const Device& device) {
  if (!may_plan_name(rule, device)) return;
  named.parts.resize(rule.devices.size());
  bool is_named = false;
  for (std::size_t part = 0; part < rule.devices.size(); ++part) {
    if (!names(rule.devices[part], device)) continue;
    named.parts[part] = true;
    is_named = true;
  }
  if (is_named) named.devices.push_back(device.id);
}

/// Of the rules that decide nothing, and of lists: only these can name something in vain.
std::map<std::size_t, PlanNames> names_in_vain(const std::vector<Rule>& rules,
                                               const Inventory& inventory, const PlanIndex& index,
                                               const std::set<std::size_t>& deciding) {
  std::map<std::size_t, PlanNames> named;
  for (const Device& device : inventory.devices)
    for (const std::size_t number : index.candidates(device)) {
      const Rule& rule = rules[number];
      if (rule.bad || (deciding.count(number) != 0 && rule.devices.size() == 1)) continue;
      add_to_names(named[number], rule, device);
    }
  return named;
}

/// What a rule spells out that names nothing, though the rule does. A pattern may name nothing.
void add_unmatched_parts(Plan& plan, std::size_t number, const Rule& rule, const PlanNames& named) {
  for (std::size_t part = 0; part < named.parts.size(); ++part)
    if (!named.parts[part] && !is_rule_pattern(rule.devices[part]))
      plan.unmatched.push_back({number, false, {}, part});
}

Plan::Unmatched unmatched(std::size_t number, const Rule& rule, const Inventory& inventory) {
  const auto fault = inventory.unlisted_buses.find(rule.bus);
  return {number, inventory.absent_buses.count(rule.bus) != 0,
          fault == inventory.unlisted_buses.end() ? std::string() : fault->second};
}

}  // namespace

std::string to_text(const Plan::Unmatched& unmatched, const Rule& rule) {
  std::string text = "no device matches ";
  if (unmatched.part) text += in_quotes(rule.devices[*unmatched.part].text) + " in ";
  text += in_quotes(rule.text);
  if (!unmatched.fault.empty()) return text + ": its bus cannot be listed: " + unmatched.fault;
  return unmatched.bus_is_absent ? text + ": there is no bus " + in_quotes(rule.bus) : text;
}

Plan make_plan(const std::vector<Rule>& rules, const Inventory& inventory) {
  Plan plan;
  const PlanIndex index(rules, inventory);
  for (const Device& device : inventory.devices)
    PlanDecision(rules, inventory, device, plan).decide(index.candidates(device));
  const std::set<std::size_t> deciding = deciding_rules_in_plan(plan);
  auto in_vain = names_in_vain(rules, inventory, index, deciding);
  for (std::size_t number = 0; number < rules.size(); ++number) {
    if (rules[number].bad) continue;
    PlanNames& named = in_vain[number];
    const bool decides = deciding.count(number) != 0;
    if (!decides && named.devices.empty()) {
      plan.unmatched.push_back(unmatched(number, rules[number], inventory));
      continue;
    }
    add_unmatched_parts(plan, number, rules[number], named);
    if (!decides) plan.overruled.push_back({number, std::move(named.devices)});
  }
  return plan;
}

}  // namespace driver_override
