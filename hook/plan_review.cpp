// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/plan_review.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "hook/match.hpp"
#include "hook/naming.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

/// Which rules have an action or a skip.
std::set<std::size_t> deciding_rules(const Plan& plan) {
  std::set<std::size_t> rules;
  for (const Action& action : plan.actions) rules.insert(action.rule);
  for (const Skip& skip : plan.skips) rules.insert(skip.rule);
  return rules;
}

/// What a rule names, whatever later ones decide.
struct NamedByRule {
  std::vector<DeviceId> devices;
  std::vector<bool> parts;  ///< which of Rule::devices name one
};

void add_named(NamedByRule& named, const Rule& rule, const Device& device) {
  if (!may_rule_name(rule, device)) return;
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
std::map<std::size_t, NamedByRule> named_by_rules(const std::vector<Rule>& rules,
                                                  const Inventory& inventory,
                                                  const PlanIndex& index,
                                                  const std::set<std::size_t>& deciding) {
  std::map<std::size_t, NamedByRule> named;
  for (const Device& device : inventory.devices)
    for (const std::size_t number : index.candidates(device)) {
      const Rule& rule = rules[number];
      if (rule.bad || (deciding.count(number) != 0 && rule.devices.size() == 1)) continue;
      add_named(named[number], rule, device);
    }
  return named;
}

Plan::Unmatched unmatched_rule(std::size_t number, const Rule& rule, const Inventory& inventory) {
  const auto fault = inventory.unlisted_buses.find(rule.bus);
  return {number, inventory.absent_buses.count(rule.bus) != 0,
          fault == inventory.unlisted_buses.end() ? std::string() : fault->second};
}

/// What a rule spells out that names nothing, though the rule does. A pattern may name nothing.
void add_unmatched_parts(Plan& plan, std::size_t number, const Rule& rule,
                         const std::vector<bool>& is_named) {
  for (std::size_t part = 0; part < is_named.size(); ++part)
    if (!is_named[part] && !is_rule_pattern(rule.devices[part]))
      plan.unmatched.push_back({number, false, {}, part});
}

/// True if the exemption was hardly meant to be overruled by a later rule that takes the device.
bool is_unspared(const Rule& exemption, const Rule& taker, const Device& device, bool decides) {
  const Naming taken = strongest_naming(taker, device).how;
  const Naming spared = strongest_naming(exemption, device).how;
  if (spared == Naming::not_named || taken == Naming::exactly) return false;
  // Of two patterns, the later one may be the exception.
  return spared > taken || (spared == taken && !decides);
}

void add_unspared(Plan& plan, const std::vector<Rule>& rules, const PlanIndex& index,
                  const std::set<std::size_t>& deciding) {
  const auto exempts = [](const Rule& rule) { return !rule.bad && rule.driver.empty(); };
  if (std::none_of(rules.begin(), rules.end(), exempts)) return;
  std::map<std::pair<std::size_t, std::size_t>, std::vector<DeviceId>> devices;
  for (const Action& action : plan.actions)
    for (const std::size_t number : index.candidates(action.device))
      if (number < action.rule && exempts(rules[number]) &&
          is_unspared(rules[number], rules[action.rule], action.device,
                      deciding.count(number) != 0))
        devices[{number, action.rule}].push_back(action.device.id);
  for (auto& [pair, found] : devices)
    plan.unspared.push_back({pair.second, pair.first, std::move(found)});
}

}  // namespace

void review_rules(Plan& plan, const std::vector<Rule>& rules, const Inventory& inventory,
                  const PlanIndex& index) {
  const std::set<std::size_t> deciding = deciding_rules(plan);
  auto named_by = named_by_rules(rules, inventory, index, deciding);
  for (std::size_t number = 0; number < rules.size(); ++number) {
    if (rules[number].bad) continue;
    NamedByRule& named = named_by[number];
    const bool decides = deciding.count(number) != 0;
    if (!decides && named.devices.empty()) {
      plan.unmatched.push_back(unmatched_rule(number, rules[number], inventory));
      continue;
    }
    add_unmatched_parts(plan, number, rules[number], named.parts);
    if (!decides) plan.overruled.push_back({number, std::move(named.devices)});
  }
  add_unspared(plan, rules, index, deciding);
}

std::string to_text(const Plan::Unmatched& unmatched, const Rule& rule) {
  std::string text = "no device matches ";
  if (unmatched.part) text += in_quotes(rule.devices[*unmatched.part].text) + " in ";
  text += in_quotes(rule.text);
  if (!unmatched.fault.empty()) return text + ": its bus cannot be listed: " + unmatched.fault;
  return unmatched.bus_is_absent ? text + ": there is no bus " + in_quotes(rule.bus) : text;
}

std::string to_text(const Plan::Unspared& unspared, const std::vector<Rule>& rules) {
  const std::size_t more = unspared.devices.size() - 1;
  return in_quotes(rules[unspared.exemption].text) + " does not exempt " +
         to_text(unspared.devices.front()) +
         (more > 0 ? " and " + std::to_string(more) + " more" : std::string()) + ": " +
         in_quotes(rules[unspared.rule].text) + " comes later and takes " +
         (more > 0 ? "them" : "it");
}

}  // namespace driver_override
