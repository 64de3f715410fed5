// SPDX-License-Identifier: LGPL-2.1-or-later
// Devices that come and go while the system runs: for those a rule wants to be sticky.
#pragma once

#include <string>

#include "hook/device.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// Why the device may be gone and found again: "is a virtual function, which is lost when they are
/// made anew", say; empty if it stays.
std::string why_removable(const Root& root, const DeviceId& device);

}  // namespace driver_override
