// SPDX-License-Identifier: LGPL-2.1-or-later
// Text in, rules and messages out. A bad rule costs itself alone: see Rule::bad.
#pragma once

#include <string_view>
#include <vector>

#include "parser/message.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// What a text held, in its order.
struct ParsedRules {
  std::vector<Rule> rules;  ///< good and bad ones; a bad one never without an error
  std::vector<Message> messages;
};

/// Reads `BUS,DEVICE[,DEVICE…]=[DRIVER][,OPTION…]`, several of them separated by `;`. Blanks around
/// a rule are trimmed and empty rules are passed over. Any bytes are accepted.
///
/// \param text    the rules
/// \param offset  where `text` starts in its source, in bytes
ParsedRules parse_rules(std::string_view text, std::size_t offset);

/// Reads `driver[DEVICE,…]=DRIVER`, a rule for the bus pci in the form of the 2014 patch. It takes
/// no options: a comma behind it belongs to the parameter around it. Parameters as for
/// parse_rules().
ParsedRules parse_pci_rule(std::string_view text, std::size_t offset);

/// Puts a bad rule that reaches every bus in the place of text that cannot be read as rules.
///
/// \param text   what stands for it in messages
/// \param fault  the error; its span is the rule's
void add_lost_rule(ParsedRules& result, std::string_view text, Message fault);

/// Puts the rules and messages behind those that are there.
void append_parsed_rules(ParsedRules& all, ParsedRules&& more);

}  // namespace driver_override
