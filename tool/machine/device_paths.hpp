// SPDX-License-Identifier: LGPL-2.1-or-later
// Where things lie in /sys/devices, and which device a name on the command line means.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// Where the link `directory/name` leads, as a path below the root without `.` and `..`
/// ("sys/devices/pci0000:00/0000:00:1f.2"); none if there is no link. The target need not exist.
std::optional<std::string> device_path_behind_link(const Root& root, const std::string& directory,
                                                   const std::string& name);

/// The device's folder in /sys/devices; none if the device does not exist.
std::optional<std::string> real_device_path(const Root& root, const DeviceId& device);

/// The device that takes overrides at or above a folder in /sys/devices; none if there is none.
std::optional<DeviceId> last_device_on_path(const Root& root, const std::string& path);

/// The devices that a word on the command line means: `BUS,NAME` as in a rule, a PCI address
/// (without a function: the whole slot), a network interface, a node in /dev, or a path in /sys.
///
/// \param error  a message if it means nothing that exists
std::vector<DeviceId> find_devices_at_path(const Root& root, std::string_view word,
                                           std::string& error);

}  // namespace driver_override
