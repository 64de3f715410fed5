// SPDX-License-Identifier: LGPL-2.1-or-later
// What an IOMMU group needs to be opened: vfio takes it only as a whole.
#pragma once

#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// True for a driver that leaves a group usable for vfio, whoever else is in it: one that does no
/// DMA of the host's (driver_managed_dma in drivers/pci/pci-stub.c, drivers/pci/pcie/portdrv.c and
/// vfio). A device without a driver does none either. \param driver  empty: none
bool is_harmless_in_group(const std::string& driver);

/// One rule that gives devices of a group to vfio, by whole slots if all functions of a slot are
/// in the group: "pci,0000:0a:00=vfio-pci". Bridges are left out, as vfio refuses them. Empty if
/// nothing is left.
///
/// \param group    all devices of the group
/// \param missing  those of them that are to be given away; devices of other buses than the first
///                 one's are left out
std::string rule_for_iommu_group(const Root& root, const std::vector<Device>& group,
                                 const std::vector<Device>& missing);

}  // namespace driver_override
