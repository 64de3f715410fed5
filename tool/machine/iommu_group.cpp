// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/iommu_group.hpp"

#include <algorithm>
#include <set>

#include "hook/sysfs.hpp"
#include "hook/vfio.hpp"
#include "parser/name.hpp"
#include "parser/rule.hpp"

namespace driver_override {
namespace {

/// "0000:0a:00" of "0000:0a:00.1".
std::string slot_in_iommu_group(const std::string& name) {
  return name.substr(0, name.rfind('.'));
}

bool is_vfio_bridge_in_group(const Root& root, const DeviceId& device) {
  return device.bus == "pci" && is_bridge_device(read_sysfs_device(root, device));
}

/// True if the group holds every function of the slot, and vfio refuses none.
bool group_holds_slot(const Root& root, const std::vector<Device>& group, const std::string& slot) {
  for (const char function : std::string("01234567")) {
    const DeviceId id{"pci", slot + "." + function};
    const bool is_member = std::any_of(group.begin(), group.end(),
                                       [&](const Device& member) { return member.id == id; });
    if (is_member ? is_vfio_bridge_in_group(root, id) : root.exists(sysfs_device_path(id)))
      return false;
  }
  return true;
}

}  // namespace

bool is_harmless_in_group(const std::string& driver) {
  return driver.empty() || driver == no_driver || driver == "pci-stub" || driver == "pcieport" ||
         is_vfio(driver);
}

std::string rule_for_iommu_group(const Root& root, const std::vector<Device>& group,
                                 const std::vector<Device>& missing) {
  std::string bus;
  std::string devices;
  std::set<std::string> told;
  for (const Device& device : missing) {
    if (is_vfio_bridge_in_group(root, device.id) || (!bus.empty() && device.id.bus != bus))
      continue;
    bus = device.id.bus;
    std::string name = encode_name(device.id.name);
    if (bus == "pci") {
      const std::string slot = slot_in_iommu_group(device.id.name);
      name = group_holds_slot(root, group, slot) ? slot : device.id.name;
    }
    if (told.insert(name).second) devices += "," + name;
  }
  if (devices.empty()) return {};
  const std::string driver = bus == "pci" ? "vfio-pci" : "vfio-" + bus;
  return encode_name(bus) + devices + "=" + driver;
}

}  // namespace driver_override
