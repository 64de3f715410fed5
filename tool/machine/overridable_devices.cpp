// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/overridable_devices.hpp"

#include "hook/sysfs.hpp"

namespace driver_override {

std::vector<std::string> read_overridable_buses(const Root& root) {
  std::error_code error;
  return root.list("sys/bus", error);
}

std::vector<Device> read_overridable_devices(const Root& root) {
  std::vector<Device> devices;
  std::error_code error;
  for (const std::string& bus : read_overridable_buses(root)) {
    for (const std::string& name : root.list("sys/bus/" + bus + "/devices", error)) {
      const DeviceId id = {bus, name};
      if (root.exists(sysfs_device_path(id) + "/driver_override"))
        devices.push_back(read_sysfs_device(root, id));
    }
  }
  return devices;
}

}  // namespace driver_override
