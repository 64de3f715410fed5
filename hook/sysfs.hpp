// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads the devices that rules name from /sys. Reads `class` and links only: those take no lock,
// while `driver_override` and `uevent` wait behind a probe that hangs.
#pragma once

#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// Where a device's folder is, below the root.
std::string device_path(const DeviceId& device);

/// Reads what the rules need and no more: an exact name opens that device alone; only a rule with a
/// pattern, a range or a left-out function lists its bus, once. What does not exist is not there.
/// \param rules  good and bad ones; a bad one names no device
Inventory read_inventory(const Root& root, const std::vector<Rule>& rules);

}  // namespace driver_override
