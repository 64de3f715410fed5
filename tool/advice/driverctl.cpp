// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/driverctl.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "hook/device.hpp"
#include "parser/blank.hpp"
#include "parser/message.hpp"
#include "parser/pci_address.hpp"
#include "parser/printable.hpp"
#include "tool/advice/peer_files.hpp"
#include "tool/advice/peer_rule.hpp"

namespace driver_override {
namespace {

/// The device that a file of driverctl is named after: BUS-DEVICE, verbatim, and in its first
/// versions the PCI address alone. Of the buses that take overrides fsl-mc alone holds a `-`;
/// another one is known by its folder.
std::optional<DeviceId> driverctl_device(const Root& root, const std::string& file) {
  if (is_pci_address(file)) return DeviceId{"pci", file};
  std::optional<DeviceId> device;
  for (std::size_t dash = file.find('-'); dash != std::string::npos;
       dash = file.find('-', dash + 1)) {
    const std::string bus = file.substr(0, dash);
    if (bus.empty() || dash + 1 == file.size()) continue;
    if (!device || bus == "fsl-mc" || root.exists("sys/bus/" + bus))
      device = DeviceId{bus, file.substr(dash + 1)};
  }
  return device;
}

/// The driver in a file, as `drv=$(< FILE)` reads it; blanks at its ends are slips of an editor.
std::string driverctl_driver(std::string_view text) {
  return std::string(trim_blanks(text));
}

/// The rule for one saved override, made sure to name that device and driver and nothing else.
Parsed<Rule> driverctl_rule(const DeviceId& device, const std::string& driver) {
  if (driver.find('\n') != std::string::npos)
    return peer_rule_fault("expected one driver, found more than one line");
  const bool is_pci = device.bus == "pci";
  Parsed<Rule> parsed = read_back_peer_rule(
      name_in_peer_rule(device.bus) + ',' +
      (is_pci ? device.name : name_in_peer_rule(device.name)) + '=' + name_in_peer_rule(driver));
  const auto* rule = std::get_if<Rule>(&parsed);
  if (rule != nullptr && (rule->bus != device.bus || rule->driver != driver ||
                          exact_name_in_rule(rule->devices[0]) != device.name))
    return peer_rule_fault(in_quotes(device.name) + " is not a device's name as sysfs has it");
  return parsed;
}

void read_driverctl_file(const Root& root, const std::string& folder, const std::string& file,
                         PeerClaims& result) {
  const std::string path = folder + '/' + file;
  const auto content = read_peer_file(root, path, result);
  if (!content) return;
  const auto fault = [&](Severity severity, const std::string& text, std::string hint) {
    result.messages.push_back({severity, peer_file_place(path) + ": " + text, std::move(hint)});
  };
  const std::optional<DeviceId> device = driverctl_device(root, file);
  if (!device) {
    fault(Severity::error, "expected a file name BUS-DEVICE, found " + in_quotes(file), "");
    return;
  }
  const std::string driver = driverctl_driver(*content);
  if (driver.empty()) {
    fault(Severity::warning, "names no driver, so that it does nothing", "");
    return;
  }
  Parsed<Rule> rule = driverctl_rule(*device, driver);
  if (auto* wrong = std::get_if<Message>(&rule))
    fault(Severity::error, wrong->text, wrong->hint);
  else
    result.claims.push_back({"driverctl", peer_file_place(path), std::move(std::get<Rule>(rule))});
}

}  // namespace

void read_driverctl(const Root& root, PeerClaims& result) {
  const std::string folder = "etc/driverctl.d";
  for (const std::string& file : list_peer_files(root, folder, result))
    read_driverctl_file(root, folder, file, result);
}

}  // namespace driver_override
