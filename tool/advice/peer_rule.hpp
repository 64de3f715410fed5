// SPDX-License-Identifier: LGPL-2.1-or-later
// How every reader of a peer's settings makes a rule of a statement.
#pragma once

#include <string>
#include <string_view>

#include "parser/message.hpp"
#include "parser/rule.hpp"
#include "tool/advice/peer_claim.hpp"

namespace driver_override {

/// An error without a place.
Message peer_rule_fault(std::string text, std::string hint = {});

/// A name as a rule writes it, also safe for a boot loader.
std::string name_in_peer_rule(std::string_view name);

/// Reads a rule as it will be read when it is pasted: as a parameter of a command line.
Parsed<Rule> read_back_peer_rule(const std::string& text);

/// Adds the rule as a claim, or what speaks against it.
void add_peer_rule(const char* peer, const std::string& place, Parsed<Rule> rule,
                   PeerClaims& result);

}  // namespace driver_override
