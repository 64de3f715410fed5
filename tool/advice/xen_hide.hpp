// SPDX-License-Identifier: LGPL-2.1-or-later
// The PCI devices that Xen's and Qubes' parameters hide from the host, as rules of ours.
#pragma once

#include "hook/configuration.hpp"
#include "tool/advice/peer_claim.hpp"

namespace driver_override {

/// Adds what `xen-pciback.hide=(ADDRESS)(ADDRESS)` (drivers/xen/xen-pciback/pci_stub.c) and
/// `rd.qubes.hide_pci=ADDRESS,ADDRESS` (qubes-core-agent's dracut module) say on a command line.
void read_hidden_devices(const Source& source, PeerClaims& result);

}  // namespace driver_override
