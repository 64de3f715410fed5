// SPDX-License-Identifier: LGPL-2.1-or-later
// What other tools were told about devices, as rules of ours: driverctl's saved overrides, udev's
// rules, the ids that vfio-pci and pci-stub are given, the devices that Xen and Qubes hide. A
// further peer is a reader of its own.
#pragma once

#include <string>
#include <vector>

#include "hook/configuration.hpp"
#include "hook/root.hpp"
#include "parser/message.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// One statement of a peer that can be said as a rule. The rule names the devices that the
/// statement names and the driver that it gives them; its text parses back.
struct PeerClaim {
  std::string peer;  ///< "driverctl", "udev", "vfio-pci.ids=", "xen-pciback.hide=" and so on
  std::string
      place;  ///< "/etc/driverctl.d/NAME", "/etc/modprobe.d/NAME:LINE", "command line, byte 12"
  Rule rule;
};

struct PeerClaims {
  std::vector<PeerClaim> claims;  ///< in the order in which rules decide as the peers do
  /// What is wrong with a statement, or cannot be said as a rule (errors), or is not quite the same
  /// as a rule (warnings). Each begins with its place, as that of a claim.
  std::vector<Message> messages;
};

/// Reads what the peers use below the root, and their parameters on the command line.
///
/// Of several `ids=` of one module only the last counts, as in the kernel; modprobe puts the
/// command line's behind those of its files (libkmod, kmod_config_new). \param texts  command
/// lines: the kernel's, and what stands behind it
PeerClaims read_peer_claims(const Root& root, const std::vector<Source>& texts);

/// The same of the texts alone.
PeerClaims read_peer_parameters(const std::vector<Source>& texts);

}  // namespace driver_override
