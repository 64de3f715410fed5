// SPDX-License-Identifier: LGPL-2.1-or-later
// What becomes of a device with the override and the driver that it has: the one answer for the
// boot, its dry run and the look back at it. Pure.
#pragma once

#include <optional>
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

/// True if the driver is the wanted one; for "none", if there is none.
bool is_wanted_driver(const std::string& wanted, const std::optional<std::string>& driver);

/// Why a device has no override to be set.
///
/// \param exists  the device is there
std::string missing_override_reason(const DeviceId& device, bool exists);

}  // namespace driver_override
