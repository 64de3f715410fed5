// SPDX-License-Identifier: LGPL-2.1-or-later
// The ids that vfio-pci and pci-stub are given, as rules of ours.
#pragma once

#include <vector>

#include "hook/configuration.hpp"
#include "hook/root.hpp"
#include "tool/advice/peer_claim.hpp"

namespace driver_override {

/// Reads the `ids=` of both drivers in the files that modprobe reads below the root, and in texts.
/// Of several `ids=` of one module only the last counts, as in the kernel; modprobe puts the
/// command line's behind those of its files (libkmod, kmod_config_new).
///
/// \param texts  command lines
void read_peer_ids(const Root& root, const std::vector<Source>& texts, PeerClaims& result);

/// The same of the texts alone.
void read_peer_ids(const std::vector<Source>& texts, PeerClaims& result);

}  // namespace driver_override
