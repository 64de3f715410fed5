// SPDX-License-Identifier: LGPL-2.1-or-later
// Does this pattern name this device? By its name alone: classes and drivers are hook/plan's.
#pragma once

#include <string_view>

#include "parser/rule.hpp"

namespace driver_override {

/// True where the pattern names the device.
/// \param pattern  of a rule for the bus on which the device is
/// \param name     the device's name in sysfs; on pci one that is no address matches nothing
bool names(const DevicePattern& pattern, std::string_view name);

}  // namespace driver_override
