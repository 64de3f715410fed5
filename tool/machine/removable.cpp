// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/removable.hpp"

#include "hook/sysfs.hpp"

namespace driver_override {

std::string why_removable(const Root& root, const DeviceId& device) {
  const std::string path = sysfs_device_path(device);
  if (root.exists(path + "/physfn")) return "is a virtual function, lost when VFs are recreated";
  // drivers/base/core.c, removable_show: takes no lock. Thunderbolt and docks say so.
  std::error_code error;
  if (root.read(path + "/removable", error) == "removable\n")
    return "can be unplugged, and counts as a new device when plugged back in";
  return {};
}

}  // namespace driver_override
