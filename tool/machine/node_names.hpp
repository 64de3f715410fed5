// SPDX-License-Identifier: LGPL-2.1-or-later
// What people call a device: its network interfaces and its disks.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// For each device that takes overrides the names of its network interfaces ("eno1") and of its
/// disks ("nvme0n1"), partitions left out. A disk with more than one path is named at each.
std::map<DeviceId, std::vector<std::string>> read_node_names(const Root& root);

}  // namespace driver_override
