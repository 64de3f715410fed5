// SPDX-License-Identifier: LGPL-2.1-or-later
// The overrides that driverctl has saved, as rules of ours.
#pragma once

#include "hook/root.hpp"
#include "tool/advice/peer_claim.hpp"

namespace driver_override {

/// Reads the files in /etc/driverctl.d below the root, one a device.
void read_driverctl(const Root& root, PeerClaims& result);

}  // namespace driver_override
