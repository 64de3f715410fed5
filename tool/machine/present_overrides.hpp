// SPDX-License-Identifier: LGPL-2.1-or-later
// The overrides that devices have at the moment, read without ever hanging: on kernels where the
// attribute takes the device's lock, reading it waits behind a probe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"

namespace driver_override {

struct PresentOverride {
  std::string driver;  ///< empty if none is set, or it could not be read
  bool busy = false;   ///< there was no answer within a second
};

std::map<DeviceId, PresentOverride> read_present_overrides(const Root& root,
                                                           const std::vector<DeviceId>& devices);

}  // namespace driver_override
