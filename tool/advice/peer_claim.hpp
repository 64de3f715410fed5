// SPDX-License-Identifier: LGPL-2.1-or-later
// What a peer says of devices, as rules of ours.
#pragma once

#include <string>
#include <vector>

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

}  // namespace driver_override
