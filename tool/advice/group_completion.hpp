// SPDX-License-Identifier: LGPL-2.1-or-later
// What else must be given to vfio with devices: the others of their IOMMU groups, and those that
// depend on them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// A device that goes with those that are given away.
struct Companion {
  DeviceId device;
  std::string reason;     ///< "shares IOMMU group 25"
  std::string objection;  ///< why it cannot go; empty if it can
};

/// The companions of devices that vfio is to have, without those devices.
std::vector<Companion> companions_in_group(const Root& root, const std::set<DeviceId>& given);

}  // namespace driver_override
