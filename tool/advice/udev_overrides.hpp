// SPDX-License-Identifier: LGPL-2.1-or-later
// udev rules that write driver_override, as rules of ours.
#pragma once

#include "hook/root.hpp"
#include "tool/advice/peer_claim.hpp"

namespace driver_override {

/// Adds what the lines `ATTR{driver_override}="DRIVER"` of udev's rules say (udev(7)). A line with
/// a condition that a rule cannot have is an error, which names the condition.
void read_udev_overrides(const Root& root, PeerClaims& result);

}  // namespace driver_override
