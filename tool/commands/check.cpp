// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdio>
#include <set>

#include "hook/modules.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/advice/boot_loader.hpp"
#include "tool/advice/driver_names.hpp"
#include "tool/advice/misread.hpp"
#include "tool/advice/peer_claims.hpp"
#include "tool/commands/commands.hpp"
#include "tool/view/json.hpp"
#include "tool/view/messages.hpp"

namespace driver_override {
namespace {

/// "BUS DEVICE, DEVICE -> DRIVER", one rule per line, with where it stands.
void print_checked_rules(const Configuration& configuration) {
  if (!configuration.enabled)
    std::printf("%s; no rule would be applied\n",
                disabled_configuration_text(configuration).c_str());
  for (std::size_t i = 0; i < configuration.rules.size(); ++i) {
    const Rule& rule = configuration.rules[i];
    if (rule.bad) continue;
    std::string devices;
    for (const DevicePattern& device : rule.devices)
      devices += (devices.empty() ? "" : ", ") + printable(device.text);
    const std::string driver =
        rule.driver.empty() ? "left alone" : "driver " + printable(rule.driver);
    std::printf("%s %s: %s%s (%s)\n", printable(rule.bus).c_str(), devices.c_str(), driver.c_str(),
                printable(to_text(rule.options)).c_str(), place_of(configuration, i).c_str());
  }
}

/// Where the driver of a sound rule begins in its source.
std::size_t checked_driver_offset(const Rule& rule) {
  return rule.span.offset + std::min(rule.text.find('='), rule.text.size() - 1) + 1;
}

/// True if the parser has a doubt about the driver already.
bool is_doubted_by_check(const Configuration& configuration, std::size_t rule) {
  const Span span = configuration.rules[rule].span;
  return std::any_of(
      configuration.messages.begin(), configuration.messages.end(), [&](const Message& message) {
        return message.severity == Severity::warning && message.place &&
               message.place->source == configuration.rule_sources[rule] &&
               message.place->span.offset >= checked_driver_offset(configuration.rules[rule]) &&
               message.place->span.offset < span.offset + span.length;
      });
}

/// Drivers, each once, whose names are probably not what was meant.
void check_names(const Root& root, Configuration& configuration) {
  std::set<std::string> told;
  for (std::size_t i = 0; i < configuration.rules.size(); ++i) {
    const Rule& rule = configuration.rules[i];
    if (rule.bad || is_doubted_by_check(configuration, i) ||
        !told.insert(rule.bus + "," + rule.driver).second)
      continue;
    auto doubt = doubt_driver_name(
        root, {rule.bus, rule.driver, module_of(rule.bus, rule.driver, rule.options.module)});
    if (!doubt) continue;
    doubt->place = Place{{checked_driver_offset(rule), rule.driver.size()},
                         rule.span,
                         configuration.rule_sources[i]};
    configuration.messages.push_back(std::move(*doubt));
  }
}

/// What looks like ours on a command line, and belongs to vfio-pci or pci-stub.
void check_peers(Configuration& configuration) {
  for (std::size_t i = 0; i < configuration.sources.size(); ++i) {
    const Source& source = configuration.sources[i];
    if (source.kind != Source::Kind::command_line) continue;
    std::set<std::string> told;
    for (const PeerClaim& claim : read_peer_claims({source}).claims)
      if (told.insert(claim.peer).second)
        configuration.messages.push_back({Severity::note,
                                          claim.peer + " is not read by driver-override",
                                          "\"driver-override convert\" prints it as rules"});
  }
}

}  // namespace

Exit check(const CheckOptions& options) {
  const Root root(options.root);
  Configuration configuration = read_configuration(root, options.request);
  explain_misread(root, configuration);
  check_names(root, configuration);
  const bool has_booted =
      !options.request.command_line && !options.request.arguments_only && options.root == "/";
  for (Message& message :
       advise_on_boot_loader(configuration, {machine_of_boot_loader(), has_booted}))
    configuration.messages.push_back(std::move(message));
  check_peers(configuration);
  if (!options.request.arguments_only)
    for (Message& message : files_not_read(root))
      configuration.messages.push_back(std::move(message));
  if (options.json) {
    std::printf("%s\n", json_of_check(configuration).c_str());
  } else {
    print_messages(configuration);
    print_checked_rules(configuration);
  }
  return has_configuration_errors(configuration) ? Exit::failed : Exit::done;
}

}  // namespace driver_override
