// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/peer_rule.hpp"

#include <utility>

#include "parser/command_line.hpp"
#include "parser/name.hpp"
#include "parser/printable.hpp"
#include "tool/machine/boot_escape.hpp"

namespace driver_override {

Message peer_rule_fault(std::string text, std::string hint) {
  return {Severity::error, std::move(text), std::move(hint)};
}

std::string name_in_peer_rule(std::string_view name) {
  return escape_for_boot_loader(encode_name(name));
}

Parsed<Rule> read_back_peer_rule(const std::string& text) {
  ParsedRules parsed = parse_command_line("driver_override=" + text);
  for (Message& message : parsed.messages)
    if (message.severity == Severity::error) return std::move(message);
  if (parsed.rules.size() != 1 || parsed.rules[0].bad || parsed.rules[0].devices.size() != 1)
    return peer_rule_fault(in_quotes(text) + " is no rule");
  return std::move(parsed.rules[0]);
}

void add_peer_rule(const char* peer, const std::string& place, Parsed<Rule> rule,
                   PeerClaims& result) {
  if (auto* fault = std::get_if<Message>(&rule))
    result.messages.push_back({Severity::error, place + ": " + fault->text, fault->hint});
  else
    result.claims.push_back({peer, place, std::move(std::get<Rule>(rule))});
}

}  // namespace driver_override
