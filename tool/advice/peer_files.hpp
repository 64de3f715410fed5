// SPDX-License-Identifier: LGPL-2.1-or-later
// How every reader of a peer's settings reads its files.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hook/root.hpp"
#include "tool/advice/peer_claim.hpp"

namespace driver_override {

/// "/etc/FILE" for a path below the root.
std::string peer_file_place(const std::string& path);

/// A file's text; none, with a message, if it cannot be read.
std::optional<std::string> read_peer_file(const Root& root, const std::string& path,
                                          PeerClaims& result);

/// The names in a folder; a message if it is there and cannot be read.
std::vector<std::string> list_peer_files(const Root& root, const std::string& path,
                                         PeerClaims& result);

/// The files of several folders by their names, whose extension is given: an earlier folder's file
/// hides a later one's.
std::map<std::string, std::string> peer_files(const Root& root,
                                              const std::vector<std::string>& folders,
                                              const char* extension, PeerClaims& result);

}  // namespace driver_override
