// SPDX-License-Identifier: LGPL-2.1-or-later
// What becomes of the override that a device has already: the one answer for the boot and for its
// dry run. Pure.
#pragma once

#include <string>

#include "hook/plan.hpp"

namespace driver_override {

struct OverrideDecision {
  enum class Kind {
    keep,        ///< it is the wanted one
    write,       ///< none is set, or one that may be replaced
    leave_alone  ///< somebody else has set it
  };
  Kind kind = Kind::write;
  std::string reason{};  ///< why it is left alone; else empty
};

/// An override that is not ours may be the kernel's own, for isolation (drivers/vfio/pci/
/// vfio_pci_core.c sets it on VFs of an assigned PF): only what is spelled out replaces it.
///
/// \param present  the device's override; empty if none is set
OverrideDecision decide_override(const Action& action, const std::string& present);

}  // namespace driver_override
