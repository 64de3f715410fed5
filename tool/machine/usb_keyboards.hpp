// SPDX-License-Identifier: LGPL-2.1-or-later
// Keyboards on USB, and the controllers that they hang on.
#pragma once

#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// The names on the bus usb of the keyboards below a device, such as "5-2:1.0". A keyboard is an
/// interface of class 03 (HID), protocol 1 (USB Device Class Definition for HID, section 4.3).
std::vector<std::string> usb_keyboards_below(const Root& root, const DeviceId& device);

}  // namespace driver_override
