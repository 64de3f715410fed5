// SPDX-License-Identifier: LGPL-2.1-or-later
// The rule for a device that survives the next added card: the path from the root bus, which keeps
// its numbers, and a guard by ids. Nothing is printed that was not matched against the tree before.
#include <algorithm>
#include <cstdio>
#include <set>

#include "hook/plan.hpp"
#include "hook/sysfs.hpp"
#include "parser/name.hpp"
#include "parser/rule_parser.hpp"
#include "tool/commands.hpp"
#include "tool/device_paths.hpp"
#include "tool/transience.hpp"

namespace driver_override {
namespace {

/// "00.0" of "0000:01:00.0"; without the function where the whole slot is meant.
std::string step_of(const std::string& name, bool whole_slot) {
  const std::string step = name.substr(name.rfind(':') + 1);
  return whole_slot ? step.substr(0, step.find('.')) : step;
}

std::string pci_path(const std::vector<std::string>& chain, bool whole_slot) {
  if (chain.size() == 1) return whole_slot ? chain[0].substr(0, chain[0].rfind('.')) : chain[0];
  std::string path = chain[0];
  for (std::size_t i = 1; i < chain.size(); ++i)
    path += "/" + step_of(chain[i], whole_slot && i + 1 == chain.size());
  return path;
}

/// A rule for one device, or for the slot that it is function 0 of.
std::string rule_for(const Root& root, const DeviceId& device, bool whole_slot,
                     const std::string& driver) {
  const std::string end = "=" + encode_name(driver);
  if (device.bus != "pci") return encode_name(device.bus) + "," + encode_name(device.name) + end;
  const std::vector<std::string> chain = read_pci_chain(root, device);
  std::string rule = "pci," + (chain.empty() ? device.name : pci_path(chain, whole_slot)) + end;
  if (const auto ids = read_pci_ids(root, device)) rule += ",id=" + to_text(*ids, false);
  if (!why_transient(root, device).empty()) rule += ",sticky";
  return rule;
}

/// The devices that a rule takes on this tree.
std::set<DeviceId> taken_by(const Root& root, const std::string& text) {
  std::set<DeviceId> taken;
  const ParsedRules parsed = parse_rules(text, 0);
  for (const Action& action : make_plan(parsed.rules, read_inventory(root, parsed.rules)).actions)
    taken.insert(action.device.id);
  return taken;
}

bool suggest_rule(const Root& root, const std::vector<DeviceId>& devices, bool whole_slot,
                  const std::string& driver) {
  const std::string rule = rule_for(root, devices.front(), whole_slot, driver);
  if (taken_by(root, rule) != std::set<DeviceId>(devices.begin(), devices.end())) {
    std::fprintf(stderr, "driver-override: error: no rule names %s alone; %s names others too\n",
                 to_text(devices.front()).c_str(), in_quotes(rule).c_str());
    return false;
  }
  std::printf("driver_override=%s\n", rule.c_str());
  return true;
}

/// One rule for a slot with its function 0, else one for each device.
bool suggest_for(const Root& root, const std::vector<DeviceId>& devices,
                 const std::string& driver) {
  const std::string& first = devices.front().name;
  const bool whole_slot = devices.size() > 1 && devices.front().bus == "pci" &&
                          first.compare(first.size() - 2, 2, ".0") == 0;
  if (whole_slot) return suggest_rule(root, devices, true, driver);
  bool all = true;
  for (const DeviceId& device : devices) all = suggest_rule(root, {device}, false, driver) && all;
  return all;
}

}  // namespace

Exit suggest(const Invocation& invocation) {
  const Root root(invocation.root);
  std::vector<std::string> words = invocation.words;
  const std::string driver = words.back();
  words.pop_back();
  bool all = true;
  for (const std::string& word : words) {
    std::string error;
    const std::vector<DeviceId> devices = find_devices(root, word, error);
    if (devices.empty()) {
      std::fprintf(stderr, "driver-override: error: %s\n", error.c_str());
      all = false;
    } else {
      all = suggest_for(root, devices, driver) && all;
    }
  }
  return all ? Exit::done : Exit::failed;
}

}  // namespace driver_override
