// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/device_details.hpp"

#include <charconv>
#include <set>

#include "hook/sysfs.hpp"
#include "tool/machine/pci_names.hpp"
#include "tool/machine/present_overrides.hpp"

namespace driver_override {
namespace {

std::string device_details_class(const Device& device) {
  return device.pci_class ? pci_class_digits(*device.pci_class) : std::string();
}

/// sriov_numvfs would wait behind a probe that hangs; sriov_totalvfs takes no lock
/// (drivers/pci/iov.c, sriov_totalvfs_show).
void device_details_functions(const Root& root, const DeviceId& device, Details& details) {
  const std::string folder = sysfs_device_path(device);
  std::error_code error;
  details.physical_function = root.link(folder, "physfn").value_or("");
  const std::string total = root.read(folder + "/sriov_totalvfs", error);
  (void)std::from_chars(total.data(), total.data() + total.size(), details.most_virtual_functions);
  if (details.most_virtual_functions == 0) return;
  for (const std::string& name : root.list(folder, error))
    if (name.compare(0, 6, "virtfn") == 0) ++details.virtual_functions;
}

}  // namespace

std::map<DeviceId, Details> read_device_details(const Root& root,
                                                const std::vector<Device>& devices) {
  std::map<DeviceId, PciIds> ids;
  for (const Device& device : devices)
    if (device.id.bus == "pci")
      if (const auto present = read_sysfs_pci_ids(root, device.id))
        ids.emplace(device.id, *present);
  std::set<PciNames::Model> models;
  for (const auto& [id, present] : ids) models.emplace(present.vendor, present.device);
  const PciNames names(root, models);
  std::vector<DeviceId> overridable;
  for (const Device& device : devices)
    if (root.exists(sysfs_device_path(device.id) + "/driver_override"))
      overridable.push_back(device.id);
  const std::map<DeviceId, PresentOverride> overrides = read_present_overrides(root, overridable);
  std::map<DeviceId, Details> all;
  for (const Device& device : devices) {
    Details details;
    details.exists = root.exists(sysfs_device_path(device.id));
    if (const auto present = overrides.find(device.id); present != overrides.end()) {
      details.takes_override = true;
      details.override_name = present->second.driver;
      details.busy = present->second.busy;
    }
    details.iommu_group = root.link(sysfs_device_path(device.id), "iommu_group");
    details.class_text = device_details_class(device);
    if (const auto found = ids.find(device.id); found != ids.end()) {
      details.ids = to_text(found->second, found->second.subvendor != 0);
      details.description = names.describe(found->second, device.pci_class);
      details.short_name = names.model_name(found->second, device.pci_class);
      device_details_functions(root, device.id, details);
    }
    all.emplace(device.id, std::move(details));
  }
  return all;
}

}  // namespace driver_override
