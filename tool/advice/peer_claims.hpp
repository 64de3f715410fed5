// SPDX-License-Identifier: LGPL-2.1-or-later
// What other tools were told about devices, as rules of ours: driverctl's saved overrides, udev's
// rules, the ids that vfio-pci and pci-stub are given, the devices that Xen and Qubes hide. A
// further peer is a reader of its own.
#pragma once

#include <vector>

#include "hook/configuration.hpp"
#include "hook/root.hpp"
#include "tool/advice/peer_claim.hpp"

namespace driver_override {

/// Reads what the peers use below the root, and their parameters on the command line.
///
/// \param texts  command lines: the kernel's, and what stands behind it
PeerClaims read_peer_claims(const Root& root, const std::vector<Source>& texts);

/// The same of the texts alone.
PeerClaims read_peer_claims(const std::vector<Source>& texts);

}  // namespace driver_override
