// SPDX-License-Identifier: LGPL-2.1-or-later
// What vfio is, and what it refuses: the one table for the boot and for its dry run. A further
// refusal belongs here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "hook/device.hpp"

namespace driver_override {

/// True for the drivers of vfio: vfio-pci, vfio-platform, mlx5_vfio_pci and their like.
bool is_vfio(const std::string& driver);

/// False for devices of which vfio makes groups of its own (drivers/s390/cio/vfio_ccw_ops.c,
/// drivers/s390/crypto/vfio_ap_ops.c).
bool needs_iommu_group(const DeviceId& device);

/// Why vfio refuses a device.
enum class VfioRefusal {
  bridge,            ///< EINVAL: the configuration header is a bridge's
  no_iommu_group,    ///< EINVAL
  virtual_functions  ///< EBUSY: a port that has virtual functions
};

/// The errno of its probe then.
int vfio_error_of(VfioRefusal refusal);

/// The refusals that a device would meet.
///
/// \param has_link  tells whether the device's folder in sysfs has a link of that name
std::vector<VfioRefusal> vfio_refusals(const Device& device,
                                       const std::function<bool(const std::string&)>& has_link);

}  // namespace driver_override
