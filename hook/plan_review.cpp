// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/plan_review.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>

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

Plan::Unmatched unmatched(std::size_t number, const Rule& rule, std::vector<std::size_t> parts,
                          const Inventory& inventory) {
  const auto fault = inventory.unlisted_buses.find(rule.bus);
  return {number, inventory.absent_buses.count(rule.bus) != 0,
          fault == inventory.unlisted_buses.end() ? std::string() : fault->second,
          std::move(parts)};
}

/// Patterns are written for what may be there; ids of one kind of card are none.
bool may_name_nothing(const DevicePattern& part) {
  const auto* ids = std::get_if<PciIds>(&part.what);
  return ids != nullptr ? ids->vendor == 0 || ids->device == 0 : is_rule_pattern(part);
}

/// What else a rule that names a device names in vain.
std::vector<std::size_t> unmatched_parts(const Rule& rule, const std::vector<bool>& is_named) {
  std::vector<std::size_t> parts;
  for (std::size_t part = 0; part < is_named.size(); ++part)
    if (!is_named[part] && !may_name_nothing(rule.devices[part])) parts.push_back(part);
  return parts;
}

/// True if the taker names all that the part of the exemption does, and more: then it is no
/// exception to it.
bool is_wider(const Rule& taker, const Rule& exemption, const DevicePattern& part,
              const Inventory& inventory) {
  bool names_more = false;
  for (const Device& device : inventory.devices) {
    const bool taken = strongest_naming(taker, device).how != Naming::not_named;
    const bool spared = may_rule_name(exemption, device) && names(part, device);
    if (spared && !taken) return false;
    names_more = names_more || (taken && !spared);
  }
  return names_more;
}

/// Which devices an exemption names that a later rule takes, by both; not what it names exactly.
using Overlaps = std::map<std::pair<std::size_t, std::size_t>, std::vector<const Device*>>;

Overlaps overlaps_with_takers(const Plan& plan, const std::vector<Rule>& rules,
                              const PlanIndex& index) {
  const auto exempts = [](const Rule& rule) { return !rule.bad && rule.driver.empty(); };
  if (std::none_of(rules.begin(), rules.end(), exempts)) return {};
  Overlaps overlaps;
  for (const Action& action : plan.actions) {
    if (strongest_naming(rules[action.rule], action.device).how == Naming::exactly) continue;
    for (const std::size_t number : index.candidates(action.device)) {
      const Rule& rule = rules[number];
      if (number < action.rule && exempts(rule) &&
          strongest_naming(rule, action.device).how != Naming::not_named)
        overlaps[{number, action.rule}].push_back(&action.device);
    }
  }
  return overlaps;
}

void add_unspared(Plan& plan, const std::vector<Rule>& rules, const Inventory& inventory,
                  const PlanIndex& index) {
  for (const auto& [pair, devices] : overlaps_with_takers(plan, rules, index)) {
    const auto& [exemption, taker] = pair;
    std::vector<DeviceId> unspared;
    std::vector<const DevicePattern*> in_vain;
    for (const DevicePattern& part : rules[exemption].devices)
      if (is_wider(rules[taker], rules[exemption], part, inventory)) in_vain.push_back(&part);
    for (const Device* device : devices)
      if (std::any_of(in_vain.begin(), in_vain.end(),
                      [&](const DevicePattern* part) { return names(*part, *device); }))
        unspared.push_back(device->id);
    if (!unspared.empty()) plan.unspared.push_back({taker, exemption, std::move(unspared)});
  }
}

}  // namespace

void review_rules(Plan& plan, const std::vector<Rule>& rules, const Inventory& inventory,
                  const PlanIndex& index) {
  add_unspared(plan, rules, inventory, index);
  const std::set<std::size_t> deciding = deciding_rules(plan);
  auto named_by = named_by_rules(rules, inventory, index, deciding);
  for (std::size_t number = 0; number < rules.size(); ++number) {
    if (rules[number].bad) continue;
    NamedByRule& named = named_by[number];
    const bool decides = deciding.count(number) != 0;
    if (!decides && named.devices.empty()) {
      plan.unmatched.push_back(unmatched(number, rules[number], {}, inventory));
      continue;
    }
    if (auto parts = unmatched_parts(rules[number], named.parts); !parts.empty())
      plan.unmatched.push_back(unmatched(number, rules[number], std::move(parts), inventory));
    if (!decides) plan.overruled.push_back({number, std::move(named.devices)});
  }
}

std::string quoted_parts(const Rule& rule, const std::vector<std::size_t>& parts) {
  constexpr std::size_t most = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(parts.size(), most); ++i)
    text += (i == 0 ? "" : ", ") + in_quotes(rule.devices[parts[i]].text);
  if (parts.size() > most) text += " and " + std::to_string(parts.size() - most) + " more";
  return text;
}

std::string to_text(const Plan::Unmatched& unmatched, const Rule& rule) {
  std::string text = "no device matches ";
  if (!unmatched.parts.empty()) text += quoted_parts(rule, unmatched.parts) + " in ";
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
