// SPDX-License-Identifier: LGPL-2.1-or-later
// The rule for a device that survives the next added card: the path from the root bus, which keeps
// its numbers, and a guard by ids. Nothing is printed that was not matched against the tree before.
#include <algorithm>
#include <cstdio>
#include <optional>
#include <set>

#include "hook/plan.hpp"
#include "hook/sysfs.hpp"
#include "parser/message.hpp"
#include "parser/name.hpp"
#include "parser/printable.hpp"
#include "parser/rule_options.hpp"
#include "parser/rule_parser.hpp"
#include "tool/commands/commands.hpp"
#include "tool/machine/device_paths.hpp"
#include "tool/machine/removable.hpp"
#include "tool/view/messages.hpp"

namespace driver_override {
namespace {

/// "0000:00:03.2/00.0", or without the last function if the whole card is meant.
std::string path_text(const std::vector<PciSlot>& chain, bool whole_card) {
  std::string path;
  for (const PciSlot& slot : chain) {
    const std::string text = to_text(slot);
    path += path.empty() ? text : "/" + text.substr(text.rfind(':') + 1);
  }
  return whole_card ? path.substr(0, path.rfind('.')) : path;
}

/// A rule for one device, or for the slot that it is function 0 of. An exemption has no guard: it
/// is to hold for any card there.
std::string rule_for(const Root& root, const DeviceId& device, bool whole_card,
                     const std::string& driver) {
  const std::string end = "=" + encode_name(driver);
  if (device.bus != "pci") return encode_name(device.bus) + "," + encode_name(device.name) + end;
  const std::vector<PciSlot> chain = read_pci_chain(root, device);
  std::string rule = "pci," + (chain.empty() ? device.name : path_text(chain, whole_card)) + end;
  if (driver.empty()) return rule;
  if (const auto ids = read_pci_ids(root, device)) rule += ",id=" + to_text(*ids, false);
  if (!why_removable(root, device).empty()) rule += ",sticky";
  return rule;
}

/// The devices that a rule takes on this tree, or names, if it exempts.
std::set<DeviceId> meant_by(const Root& root, const std::string& text, bool exempts) {
  std::set<DeviceId> meant;
  const ParsedRules parsed = parse_rules(text, 0);
  const Inventory inventory = read_inventory(root, parsed.rules);
  if (exempts)
    for (const Device& device : inventory.devices) meant.insert(device.id);
  for (const Action& action : make_plan(parsed.rules, inventory).actions)
    meant.insert(action.device.id);
  return meant;
}

bool suggest_rule(const Root& root, const std::vector<DeviceId>& devices, bool whole_card,
                  const std::string& driver) {
  const std::string rule = rule_for(root, devices.front(), whole_card, driver);
  const std::set<DeviceId> meant = meant_by(root, rule, driver.empty());
  if (meant != std::set<DeviceId>(devices.begin(), devices.end())) {
    print_error("no rule names " + to_text(devices.front()) + " alone; " + in_quotes(rule) +
                " names " + (meant.empty() ? "no device" : "others too"));
    return false;
  }
  std::printf("driver_override=%s\n", rule.c_str());
  return true;
}

/// One rule for a slot with its function 0, else one for each device.
bool suggest_for(const Root& root, const std::vector<DeviceId>& devices,
                 const std::string& driver) {
  const std::string& first = devices.front().name;
  const bool whole_card = devices.size() > 1 && devices.front().bus == "pci" &&
                          first.compare(first.size() - 2, 2, ".0") == 0;
  if (whole_card) return suggest_rule(root, devices, true, driver);
  bool all = true;
  for (const DeviceId& device : devices) all = suggest_rule(root, {device}, false, driver) && all;
  return all;
}

/// True if a driver is followed by what can only be an option. Names of drivers hold commas
/// ("qcom,apr"), but no "=".
bool has_options(const std::string& driver) {
  if (driver.find('=') != std::string::npos) return true;
  for (std::size_t comma = driver.find(','); comma != std::string::npos;) {
    const std::size_t next = driver.find(',', comma + 1);
    const std::string word = driver.substr(comma + 1, next - comma - 1);
    if (is_option(word)) return true;
    comma = next;
  }
  return false;
}

/// Why a word cannot be the name of a driver; none if it can, or is empty.
std::optional<Message> driver_fault(const std::string& driver) {
  if (has_options(driver)) {
    const std::string name = driver.substr(0, driver.find_first_of(",="));
    return Message{Severity::error, "expected a driver, found " + in_quotes(driver),
                   "options are added by suggest itself" +
                       (name.empty() ? std::string() : ": write " + printable(name))};
  }
  if (driver.empty()) return std::nullopt;
  Parsed<std::string> name = parse_name(encode_name(driver), 0, "driver");
  auto* fault = std::get_if<Message>(&name);
  return fault != nullptr ? std::optional(std::move(*fault)) : std::nullopt;
}

}  // namespace

Exit suggest(const Invocation& invocation) {
  const Root root(invocation.root);
  std::vector<std::string> words = invocation.words;
  const std::string driver = words.back();
  words.pop_back();
  if (const auto fault = driver_fault(driver)) {
    print(*fault);
    return Exit::usage;
  }
  bool all = true;
  for (const std::string& word : words) {
    std::string error;
    const std::vector<DeviceId> devices = find_devices(root, word, error);
    if (devices.empty()) {
      print_error(error);
      all = false;
    } else {
      all = suggest_for(root, devices, driver) && all;
    }
  }
  return all ? Exit::done : Exit::failed;
}

}  // namespace driver_override
