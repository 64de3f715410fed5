// SPDX-License-Identifier: LGPL-2.1-or-later
// Does this pattern name this device? A whole rule is hook/naming's.
#pragma once

#include "hook/device.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// True if the pattern names the device.
/// \param pattern  of a rule for the bus on which the device is
/// \param device   its name or its slot decides; for ids and paths `ids` and `chain`. On pci a
/// device
///                 whose name is no address matches nothing
bool names(const DevicePattern& pattern, const Device& device);

/// True if the pattern cannot be decided by a name alone: ids, or a path.
bool needs_more_than_name(const DevicePattern& pattern);

}  // namespace driver_override
