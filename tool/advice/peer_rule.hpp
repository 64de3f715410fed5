// SPDX-License-Identifier: LGPL-2.1-or-later
// What every reader of a peer's settings needs to make a rule of a statement.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hook/root.hpp"
#include "parser/message.hpp"
#include "parser/rule.hpp"
#include "tool/advice/peer_claims.hpp"

namespace driver_override {

/// An error without a place.
Message peer_rule_fault(std::string text, std::string hint = {});

/// "/etc/FILE" for a path below the root.
std::string peer_file_place(const std::string& path);

/// A name as a rule writes it, also safe for a boot loader.
std::string name_in_peer_rule(std::string_view name);

/// Reads a rule as it will be read when it is pasted: as a parameter of a command line.
Parsed<Rule> read_back_peer_rule(const std::string& text);

/// A file's text; none, with a message, if it cannot be read.
std::optional<std::string> read_peer_file(const Root& root, const std::string& path,
                                          PeerClaims& result);

/// The names in a folder; a message if it is there and cannot be read.
std::vector<std::string> list_peer_folder(const Root& root, const std::string& path,
                                          PeerClaims& result);

/// The files of several folders by their names, whose extension is given: an earlier folder's file
/// hides a later one's.
std::map<std::string, std::string> peer_files(const Root& root,
                                              const std::vector<std::string>& folders,
                                              const char* extension, PeerClaims& result);

/// Adds a claim, or what speaks against it.
void add_peer_claim(const char* peer, const std::string& place, Parsed<Rule> rule,
                    PeerClaims& result);

}  // namespace driver_override
