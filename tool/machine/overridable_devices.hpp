// SPDX-License-Identifier: LGPL-2.1-or-later
// All devices of the machine that take an override, for commands that may take their time.
#pragma once

#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// Reads every device that takes an override, on every bus, with all that rules can ask for.
std::vector<Device> read_overridable_devices(const Root& root);

/// The names of all buses.
std::vector<std::string> read_overridable_buses(const Root& root);

}  // namespace driver_override
