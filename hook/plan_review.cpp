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

/// What the rules that decide nothing name, and lists: only these can name something in vain.
std::map<std::size_t, NamedByRule> named_by_rules(const std::vector<Rule>& rules,
                                                  const Inventory& inventory,
                                                  const PlanIndex& index,
                                                  const std::set<std::size_t>& deciding) {
  std::map<std::size_t, NamedByRule> named;
  for (std::size_t number = 0; number < rules.size(); ++number)
    if (!rules[number].bad && (deciding.count(number) == 0 || rules[number].devices.size() > 1))
      named[number];
  if (named.empty()) return named;
  for (const Device& device : inventory.devices)
    for (const std::size_t number : index.candidates(device))
      if (const auto rule = named.find(number); rule != named.end())
        add_named(rule->second, rules[number], device);
  return named;
}

Plan::Unmatched unmatched(std::size_t number, const Rule& rule, std::vector<std::size_t> parts,
                          const Inventory& inventory) {
  const auto fault = inventory.unlisted_buses.find(rule.bus);
  return {number, inventory.absent_buses.count(rule.bus) != 0,
          fault == inventory.unlisted_buses.end() ? std::string() : fault->second,
          std::move(parts)};
}

/// What else a rule that names a device names in vain.
std::vector<std::size_t> unmatched_parts(const Rule& rule, const std::vector<bool>& is_named) {
  std::vector<std::size_t> parts;
  std::set<std::string> told;
  for (std::size_t part = 0; part < is_named.size(); ++part)
    if (!is_named[part] && !is_open_pattern(rule.devices[part]) &&
        told.insert(rule.devices[part].text).second)
      parts.push_back(part);
  return parts;
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

/// Which of the devices were hardly meant to be taken. A rule is an exception to an exemption if it
/// names no more, or less than the part; but no pattern is one to what is spelled out.
std::vector<DeviceId> unspared_devices(const Rule& taker, const Rule& exemption,
                                       const std::vector<const Device*>& devices,
                                       const Inventory& inventory) {
  bool names_more = false;
  std::vector<const Device*> only_exempted;
  for (const Device& device : inventory.devices) {
    const bool taken = strongest_naming(taker, device).how != Naming::not_named;
    const bool spared = strongest_naming(exemption, device).how != Naming::not_named;
    names_more = names_more || (taken && !spared);
    if (spared && !taken) only_exempted.push_back(&device);
  }
  std::vector<DeviceId> unspared;
  if (!names_more) return unspared;
  for (const Device* device : devices) {
    const bool by_pattern = strongest_naming(taker, *device).how == Naming::by_pattern;
    const auto is_in_vain = [&](const DevicePattern& part) {
      const auto is_named = [&](const Device* other) { return names(part, *other); };
      return is_named(device) &&
             ((by_pattern && !is_rule_pattern(part)) ||
              std::none_of(only_exempted.begin(), only_exempted.end(), is_named));
    };
    if (std::any_of(exemption.devices.begin(), exemption.devices.end(), is_in_vain))
      unspared.push_back(device->id);
  }
  return unspared;
}

void add_unspared(Plan& plan, const std::vector<Rule>& rules, const Inventory& inventory,
                  const PlanIndex& index) {
  for (const auto& [pair, devices] : overlaps_with_takers(plan, rules, index)) {
    const auto& [exemption, taker] = pair;
    auto unspared = unspared_devices(rules[taker], rules[exemption], devices, inventory);
    if (!unspared.empty()) plan.unspared.push_back({taker, exemption, std::move(unspared)});
  }
}

}  // namespace

void review_rules(Plan& plan, const std::vector<Rule>& rules, const Inventory& inventory,
                  const PlanIndex& index) {
  add_unspared(plan, rules, inventory, index);
  const std::set<std::size_t> deciding = deciding_rules(plan);
  for (auto& [number, named] : named_by_rules(rules, inventory, index, deciding)) {
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

std::string to_text(const Plan::Unspared& unspared, const std::vector<Rule>& rules,
                    bool image_lacks_it) {
  const std::size_t more = unspared.devices.size() - 1;
  const std::string text = in_quotes(rules[unspared.exemption].text) + " does not exempt " +
                           to_text(unspared.devices.front()) +
                           (more > 0 ? " and " + std::to_string(more) + " more" : std::string());
  const std::string taker = in_quotes(rules[unspared.rule].text);
  if (image_lacks_it) return text + ": the image has " + taker + ", and lacks the exemption";
  return text + ": " + taker + " comes later and takes " + (more > 0 ? "them" : "it");
}

}  // namespace driver_override
