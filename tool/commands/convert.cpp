// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

#include "hook/plan.hpp"
#include "hook/sysfs.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/advice/peer_claims.hpp"
#include "tool/commands/commands.hpp"
#include "tool/machine/boot_escape.hpp"
#include "tool/view/messages.hpp"

namespace driver_override {
namespace {

constexpr const char* command_line_path = "proc/cmdline";

/// The kernel's command line, or what was given in its place.
Source command_line(const Root& root, const Request& request, std::vector<Message>& messages) {
  if (request.command_line) return {"command line", *request.command_line};
  std::error_code error;
  Source source{"command line", root.read(command_line_path, error)};
  if (error && error != std::errc::no_such_file_or_directory)
    messages.push_back(
        {Severity::error, std::string("/") + command_line_path + ": " + error.message()});
  return source;
}

/// Arguments of which nothing comes are slips.
void check_argument_to_convert(const Source& argument, std::vector<Message>& messages) {
  const PeerClaims read = read_peer_claims({argument});
  if (read.claims.empty() && read.messages.empty())
    messages.push_back({Severity::error,
                        "argument: expected vfio-pci.ids=, pci-stub.ids=, xen-pciback.hide= or "
                        "rd.qubes.hide_pci=, found " +
                            in_quotes(argument.text),
                        "without an argument, what this system uses is read"});
}

PeerClaims read_peers_to_convert(const ConvertOptions& options, const Root& root) {
  const Request& request = options.request;
  std::vector<Message> messages;
  std::vector<Source> texts;
  if (!request.arguments_only) texts.push_back(command_line(root, request, messages));
  for (const std::string& argument : request.arguments) {
    texts.push_back({"argument", argument});
    check_argument_to_convert(texts.back(), messages);
  }
  PeerClaims peers =
      request.arguments_only ? read_peer_claims(texts) : read_peer_claims(root, texts);
  peers.messages.insert(peers.messages.begin(), messages.begin(), messages.end());
  return peers;
}

/// The rule with the first four digits of the device's class as its filter.
Rule converted_with_class(Rule rule, const Device& device) {
  std::array<char, 16> digits{};
  (void)std::snprintf(digits.data(), digits.size(), "%04x", device.pci_class.value_or(0) >> 8U);
  rule.options.class_prefix = digits.data();
  return rule;
}

bool convert_takes(const Rule& rule, const Device& device) {
  return !make_plan({rule}, {{device}, {}}).actions.empty();
}

/// What a peer's statement takes here, as rules: a pattern takes some kinds of devices only if it
/// names their class. A rule that has one stands as it is, as does one for a card that is not
/// there.
std::vector<Rule> converted_rules(const Root& root, const Rule& rule) {
  if (!rule.options.class_prefix.empty()) return {rule};
  std::vector<Rule> rules;
  bool plain = false;
  for (const Device& device : read_sysfs_inventory(root, {rule}).devices) {
    const Rule classed = converted_with_class(rule, device);
    if (!convert_takes(rule, device) && convert_takes(classed, device))
      rules.push_back(classed);
    else
      plain = true;
  }
  if (plain || rules.empty()) rules.insert(rules.begin(), rule);
  return rules;
}

}  // namespace

Exit convert(const ConvertOptions& options) {
  const Root root(options.root);
  const PeerClaims peers = read_peers_to_convert(options, root);
  for (const Message& message : peers.messages) print_message(message);
  std::set<std::string> printed;
  for (const PeerClaim& claim : peers.claims)
    for (const Rule& rule : converted_rules(root, claim.rule))
      if (const std::string text = escape_for_boot_loader(to_text(rule));
          printed.insert(text).second)
        std::printf("driver_override=%s\n", text.c_str());
  if (peers.claims.empty() && peers.messages.empty())
    print_message(
        {Severity::note,
         "no override of driverctl or udev, no ids for vfio-pci or pci-stub, and no device that "
         "Xen hides"});
  return has_error(peers.messages) ? Exit::failed : Exit::done;
}

}  // namespace driver_override
