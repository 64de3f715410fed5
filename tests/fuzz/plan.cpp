// SPDX-License-Identifier: LGPL-2.1-or-later
// Any bytes as a command line on a small machine: the plan is what a second, plainer description of
// "the last rule that matches decides" says. It asks every rule about every device. What the plan
// says of the rules is asked alike.
#include "hook/plan.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

#include "hook/configuration.hpp"
#include "hook/match.hpp"
#include "parser/spelling.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/property/small_machine.hpp"

namespace driver_override {
namespace {

bool has_class(const Rule& rule, const Device& device) {
  const std::string& prefix = rule.options.class_prefix;
  if (prefix.empty()) return true;
  if (!device.pci_class) return false;
  std::string text(6, '0');
  (void)std::snprintf(text.data(), 7, "%06x", *device.pci_class);
  return text.starts_with(prefix);
}

/// How strongly the rule names the device: 0 not at all, 1 by a pattern, 2 spelled out, 3 by one
/// exact name.
int naming(const Rule& rule, const Device& device) {
  int strongest = 0;
  if (rule.bus != device.id.bus || (!rule.bad && !has_class(rule, device))) return 0;
  for (const DevicePattern& part : rule.devices)
    if (names(part, device))
      strongest = std::max(strongest, is_rule_pattern(part) ? 1 : exact_name_in_rule(part) ? 3 : 2);
  return strongest;
}

bool is_that_card(const Rule& rule, const Device& device) {
  if (!rule.options.id) return true;
  // The first part that names it as strongly as any.
  const int strongest = naming(rule, device);
  for (const DevicePattern& part : rule.devices) {
    const int how = !names(part, device)       ? 0
                    : is_rule_pattern(part)    ? 1
                    : exact_name_in_rule(part) ? 3
                                               : 2;
    if (how != strongest) continue;
    const auto& ids = names_slot_in_rule(part) ? device.card_ids : device.ids;
    return ids && ids_match(*rule.options.id, *ids);
  }
  return false;
}

/// What a pattern may not take.
bool is_too_precious(const Rule& rule, const Device& device) {
  const bool has_other = device.driver && *device.driver != rule.driver;
  if (is_bridge_device(device) && has_other) return true;
  if (!rule.options.class_prefix.empty()) return false;
  if (device.id.bus != "pci") return has_other || may_device_hold_the_root(device);
  return !device.pci_class || is_bridge_device(device) || may_device_hold_the_root(device);
}

/// The driver that the device gets, and by which rule; none if it is left alone.
std::optional<std::pair<std::string, std::size_t>> decide(const std::vector<Rule>& rules,
                                                          const Inventory& inventory,
                                                          const Device& device) {
  bool is_held = false;
  for (std::size_t i = rules.size(); i-- > 0;) {
    const Rule& rule = rules[i];
    const int how = naming(rule, device);
    if (rule.bad) {
      if (how > 0) return std::nullopt;
      const bool no_such_bus = inventory.absent_buses.contains(rule.bus);
      is_held = is_held || rule.reach == Reach::every_bus || no_such_bus ||
                (rule.reach == Reach::its_bus && rule.bus == device.id.bus);
      continue;
    }
    // "PCI" or "pic" is meant for "pci".
    is_held = is_held || (rule.driver.empty() && inventory.absent_buses.contains(rule.bus) &&
                          spelling_distance(rule.bus, device.id.bus) < 2);
    if (how == 0) continue;
    if (rule.driver.empty() || (is_held && how < 3)) return std::nullopt;
    const bool passes = is_that_card(rule, device);
    if (how == 1 && (!passes || is_too_precious(rule, device))) continue;
    const bool keeps = rule.options.norebind && device.driver && *device.driver != rule.driver;
    if (!passes || keeps) return std::nullopt;
    return std::pair(rule.driver, i);
  }
  return std::nullopt;
}

void check_plan(const std::vector<Rule>& rules, const Inventory& inventory,
                const std::string& line) {
  const Plan plan = make_plan(rules, inventory);
  std::size_t actions = 0;
  for (const Device& device : inventory.devices) {
    const auto expected = decide(rules, inventory, device);
    const auto found =
        std::find_if(plan.actions.begin(), plan.actions.end(),
                     [&](const Action& action) { return action.device.id == device.id; });
    require((found != plan.actions.end()) == expected.has_value(),
            "a device is taken if its rule says so", to_text(device.id) + "\n" + line);
    if (!expected) continue;
    ++actions;
    require(found->driver == expected->first && found->rule == expected->second,
            "a device is taken by the last rule that names it", to_text(device.id) + "\n" + line);
  }
  require(plan.actions.size() == actions, "no device is taken twice", line);
}

/// The names of the devices that the rule, or one part of it, names.
std::set<std::string> all_named(Rule rule, std::optional<std::size_t> part,
                                const Inventory& inventory) {
  if (part) rule.devices = {rule.devices[*part]};
  std::set<std::string> named;
  for (const Device& device : inventory.devices)
    if (naming(rule, device) > 0) named.insert(to_text(device.id));
  return named;
}

/// "rule" or "rule.device" for what names no device though it should.
std::set<std::string> expect_unmatched(const std::vector<Rule>& rules, const Inventory& inventory) {
  std::set<std::string> unmatched;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Rule& rule = rules[i];
    if (rule.bad) continue;
    if (all_named(rule, {}, inventory).empty()) {
      unmatched.insert(std::to_string(i));
      continue;
    }
    for (std::size_t part = 0; part < rule.devices.size(); ++part) {
      const auto* ids = std::get_if<PciIds>(&rule.devices[part].what);
      const bool is_one_kind = ids != nullptr && ids->vendor != 0 && ids->device != 0;
      if ((is_one_kind || !is_rule_pattern(rule.devices[part])) &&
          all_named(rule, part, inventory).empty())
        unmatched.insert(std::to_string(i) + "." + rule.devices[part].text);
    }
  }
  return unmatched;
}

/// "exemption by rule: device" for each device that an exemption does not save, though the rule
/// that takes it names more, and is no exception to a part of it.
std::set<std::string> expect_unspared(const std::vector<Rule>& rules, const Inventory& inventory,
                                      const Plan& plan) {
  const auto includes = [](const std::set<std::string>& all, const std::set<std::string>& some) {
    return std::includes(all.begin(), all.end(), some.begin(), some.end());
  };
  std::set<std::string> unspared;
  for (const Action& action : plan.actions) {
    const std::string device = to_text(action.device.id);
    const std::set<std::string> taken = all_named(rules[action.rule], {}, inventory);
    const int how = naming(rules[action.rule], action.device);
    for (std::size_t i = 0; i < action.rule && how < 3; ++i) {
      if (rules[i].bad || !rules[i].driver.empty()) continue;
      if (includes(all_named(rules[i], {}, inventory), taken)) continue;
      for (std::size_t part = 0; part < rules[i].devices.size(); ++part) {
        const std::set<std::string> spared = all_named(rules[i], part, inventory);
        const bool is_exception =
            !includes(taken, spared) && (how > 1 || is_rule_pattern(rules[i].devices[part]));
        if (spared.contains(device) && !is_exception)
          unspared.insert(std::to_string(i) + " by " + std::to_string(action.rule) + ": " + device);
      }
    }
  }
  return unspared;
}

void check_review(const std::vector<Rule>& rules, const Inventory& inventory,
                  const std::string& line) {
  const Plan plan = make_plan(rules, inventory);
  std::set<std::string> unmatched;
  for (const Plan::Unmatched& one : plan.unmatched) {
    if (one.parts.empty()) unmatched.insert(std::to_string(one.rule));
    for (const std::size_t part : one.parts)
      unmatched.insert(std::to_string(one.rule) + "." + rules[one.rule].devices[part].text);
  }
  require(unmatched == expect_unmatched(rules, inventory), "what names nothing is told", line);
  std::set<std::string> unspared;
  for (const Plan::Unspared& one : plan.unspared)
    for (const DeviceId& device : one.devices)
      unspared.insert(std::to_string(one.exemption) + " by " + std::to_string(one.rule) + ": " +
                      to_text(device));
  require(unspared == expect_unspared(rules, inventory, plan), "an exemption in vain is told",
          line);
}

}  // namespace
}  // namespace driver_override

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driver_override;
  Input input(data, size);
  Inventory inventory = small_machine();
  constexpr std::array<std::uint32_t, 6> classes = {0x020000, 0x060400, 0x010802,
                                                    0x080501, 0x0c0400, 0x030000};
  for (unsigned changes = input.below(8); changes > 0; --changes) {
    Device& device =
        inventory.devices[input.below(static_cast<unsigned>(inventory.devices.size()))];
    const unsigned what = input.byte();
    if (device.id.bus == "pci") device.pci_class = classes.at(what % classes.size());
    if (what % 7 == 0) device.pci_class.reset();
    if (what % 5 == 0) device.ids.reset();
    device.driver = what % 3 == 0 ? std::nullopt : std::optional(what % 2 == 0 ? "x" : "vfio-pci");
  }
  const std::string line = input.rest();
  const Configuration configuration = parse_configuration_sources({{"command line", line}});
  note_absent_buses(configuration.rules, inventory);
  check_plan(configuration.rules, inventory, line);
  check_review(configuration.rules, inventory, line);
  return 0;
}
