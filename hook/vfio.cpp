// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/vfio.hpp"

#include <cerrno>

namespace driver_override {
namespace {

/// A class whose configuration header is a bridge's, PCI to PCI or CardBus: vfio looks at the
/// header's type, and takes an ISA bridge (drivers/vfio/pci/vfio_pci_core.c,
/// vfio_pci_core_register_device).
bool has_bridge_header(const Device& device) {
  const std::uint32_t code = device.pci_class.value_or(0) >> 8U;
  return code == 0x0604 || code == 0x0607;
}

}  // namespace

bool is_vfio(const std::string& driver) {
  return driver.find("vfio") != std::string::npos;
}

bool needs_iommu_group(const DeviceId& device) {
  return device.bus != "css" && device.bus != "ap";
}

int vfio_error_of(VfioRefusal refusal) {
  // drivers/vfio/pci/vfio_pci_core.c, vfio_pci_core_register_device; drivers/vfio/group.c,
  // vfio_group_find_or_alloc
  return refusal == VfioRefusal::virtual_functions ? EBUSY : EINVAL;
}

std::vector<VfioRefusal> vfio_refusals(const Device& device,
                                       const std::function<bool(const std::string&)>& has_link) {
  std::vector<VfioRefusal> refusals;
  if (has_bridge_header(device)) refusals.push_back(VfioRefusal::bridge);
  if (needs_iommu_group(device.id) && !has_link("iommu_group"))
    refusals.push_back(VfioRefusal::no_iommu_group);
  if (has_link("virtfn0")) refusals.push_back(VfioRefusal::virtual_functions);
  return refusals;
}

}  // namespace driver_override
