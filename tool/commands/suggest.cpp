// SPDX-License-Identifier: LGPL-2.1-or-later
// The rule for a device that survives the next added card: the path from the root bus, which keeps
// its numbers, and a guard by ids. Nothing is printed that was not matched against the tree before.
#include <algorithm>
#include <cstdio>
#include <optional>
#include <set>

#include "hook/modules.hpp"
#include "hook/plan.hpp"
#include "hook/sysfs.hpp"
#include "hook/vfio.hpp"
#include "parser/message.hpp"
#include "parser/name.hpp"
#include "parser/printable.hpp"
#include "parser/rule_options.hpp"
#include "parser/rule_parser.hpp"
#include "tool/advice/driver_names.hpp"
#include "tool/advice/group_completion.hpp"
#include "tool/commands/commands.hpp"
#include "tool/machine/boot_command.hpp"
#include "tool/machine/boot_escape.hpp"
#include "tool/machine/device_paths.hpp"
#include "tool/machine/module_aliases.hpp"
#include "tool/machine/removable.hpp"
#include "tool/view/messages.hpp"

namespace driver_override {
namespace {

/// "0000:00:03.2/00.0", or without the last function if the whole card is meant.
std::string suggested_path(const std::vector<PciSlot>& chain, bool whole_card) {
  std::string path;
  for (const PciSlot& slot : chain) {
    const std::string text = to_text(slot);
    path += path.empty() ? text : "/" + text.substr(text.rfind(':') + 1);
  }
  return whole_card ? path.substr(0, path.rfind('.')) : path;
}

/// A rule for one device, or for the slot that it is function 0 of. An exemption has no guard: it
/// is to hold for any card there.
std::string suggested_rule(const Root& root, const DeviceId& device, bool whole_card,
                           const std::string& driver) {
  const std::string end = "=" + encode_name(driver);
  if (device.bus != "pci") return encode_name(device.bus) + "," + encode_name(device.name) + end;
  const std::vector<PciSlot> chain = read_sysfs_pci_chain(root, device);
  std::string rule =
      "pci," + (chain.empty() ? device.name : suggested_path(chain, whole_card)) + end;
  if (driver.empty()) return rule;
  if (const auto ids = read_sysfs_pci_ids(root, device)) rule += ",id=" + to_text(*ids, false);
  if (!why_removable(root, device).empty()) rule += ",sticky";
  return rule;
}

/// The devices that a rule takes on this tree, or names, if it exempts.
std::set<DeviceId> meant_by_suggestion(const Root& root, const std::string& text, bool exempts) {
  std::set<DeviceId> meant;
  const ParsedRules parsed = parse_rules(text, 0);
  const Inventory inventory = read_sysfs_inventory(root, parsed.rules);
  if (exempts)
    for (const Device& device : inventory.devices) meant.insert(device.id);
  for (const Action& action : make_plan(parsed.rules, inventory).actions)
    meant.insert(action.device.id);
  return meant;
}

/// What has been printed, and for whom.
struct Suggestions {
  std::vector<std::string> parameters;
  std::set<DeviceId> devices;
  bool all = true;  ///< something could be said for each device
};

void suggest_rule(const Root& root, const std::vector<DeviceId>& devices, bool whole_card,
                  const std::string& driver, Suggestions& suggestions) {
  const std::string rule = suggested_rule(root, devices.front(), whole_card, driver);
  const std::set<DeviceId> meant = meant_by_suggestion(root, rule, driver.empty());
  if (meant != std::set<DeviceId>(devices.begin(), devices.end())) {
    print_error("no rule names " + to_text(devices.front()) + " alone; " + in_quotes(rule) +
                " names " + (meant.empty() ? "no device" : "others too"));
    suggestions.all = false;
    return;
  }
  suggestions.parameters.push_back("driver_override=" + escape_for_boot_loader(rule));
  suggestions.devices.insert(devices.begin(), devices.end());
  std::printf("%s\n", suggestions.parameters.back().c_str());
  (void)std::fflush(stdout);  // before what standard error says of it; a failure is kept (ferror)
}

/// One rule for a slot with its function 0, else one for each device.
void suggest_for(const Root& root, const std::vector<DeviceId>& devices, const std::string& driver,
                 Suggestions& suggestions) {
  const std::string& first = devices.front().name;
  const bool whole_card = devices.size() > 1 && devices.front().bus == "pci" &&
                          first.compare(first.size() - 2, 2, ".0") == 0;
  if (whole_card) {
    suggest_rule(root, devices, true, driver, suggestions);
    return;
  }
  for (const DeviceId& device : devices) suggest_rule(root, {device}, false, driver, suggestions);
}

/// Rules for what must go with the devices, or why it cannot.
void complete_groups(const Root& root, Suggestions& suggestions) {
  for (const Companion& one : companions_in_group(root, suggestions.devices)) {
    const std::string device = to_text(one.device);
    if (!one.objection.empty()) {
      print_message({Severity::warning, device + " " + one.reason + ", and " + one.objection,
                     "vfio opens a group only as a whole; a slot with a group of its own may do"});
      continue;
    }
    print_message({Severity::note, device + " " + one.reason + ": its rule follows"});
    suggest_rule(root, {one.device}, false,
                 one.device.bus == "pci" ? "vfio-pci" : "vfio-" + one.device.bus, suggestions);
  }
}

void suggest_variants(const Root& root, const std::set<DeviceId>& devices) {
  const ModuleAliases aliases(root);
  for (const DeviceId& device : devices)
    for (const std::string& driver :
         module_aliases_of_vfio_variants(aliases, read_module_alias(root, device)))
      print_message({Severity::note,
                     "this kernel has " + in_quotes(driver) + " for " + to_text(device) +
                         ": vfio-pci with what this device needs besides",
                     "\"driver-override suggest " + printable(device.name) + " " + driver +
                         "\" prints the rule"});
}

/// The command stays in one line, whatever the terminal's width: it is to be copied.
void print_suggested_boot_command(const Root& root, const std::vector<std::string>& parameters) {
  print_message({Severity::note, "to put this on the kernel command line:"});
  std::fprintf(stderr, "  %s\n", printable(boot_command(root, parameters)).c_str());
}

/// True if a driver is followed by what can only be an option. Names of drivers hold commas
/// ("qcom,apr"), but no "=".
bool suggestion_has_options(const std::string& driver) {
  if (driver.find('=') != std::string::npos) return true;
  for (std::size_t comma = driver.find(','); comma != std::string::npos;) {
    const std::size_t next = driver.find(',', comma + 1);
    const std::string word = driver.substr(comma + 1, next - comma - 1);
    if (is_rule_option(word)) return true;
    comma = next;
  }
  return false;
}

/// Why a word cannot be the name of a driver; none if it can, or is empty.
std::optional<Message> suggested_driver_fault(const std::string& driver) {
  if (suggestion_has_options(driver)) {
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

Exit suggest(const SuggestOptions& options) {
  const Root root(options.root);
  std::vector<std::string> words = options.words;
  const std::string driver = words.back();
  words.pop_back();
  if (const auto fault = suggested_driver_fault(driver)) {
    print_message(*fault);
    return Exit::usage;
  }
  Suggestions suggestions;
  std::set<std::string> told;
  for (const std::string& word : words) {
    std::string error;
    const std::vector<DeviceId> devices = find_devices_at_path(root, word, error);
    if (devices.empty()) {
      print_error(error);
      suggestions.all = false;
    } else {
      const std::string& bus = devices.front().bus;
      if (const auto doubt = doubt_driver_name(root, {bus, driver, module_of(bus, driver, "")});
          doubt && told.insert(bus).second)
        print_message(*doubt);
      suggest_for(root, devices, driver, suggestions);
    }
  }
  if (driver == "vfio-pci") suggest_variants(root, suggestions.devices);
  if (is_vfio(driver)) complete_groups(root, suggestions);
  if (!suggestions.parameters.empty()) print_suggested_boot_command(root, suggestions.parameters);
  return suggestions.all ? Exit::done : Exit::failed;
}

}  // namespace driver_override
