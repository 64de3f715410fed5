// SPDX-License-Identifier: LGPL-2.1-or-later
// IOMMU groups, as /sys/kernel/iommu_groups has them.
#pragma once

#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// True if any device is in a group, so that an IOMMU is on.
bool has_iommu(const Root& root);

/// True if vfio takes devices without an IOMMU, by its parameter enable_unsafe_noiommu_mode
/// (drivers/vfio/vfio_main.c).
bool is_noiommu_allowed(const Root& root);

/// The devices of a group, of whatever buses, and their drivers; none if there is no such group.
std::vector<Device> read_iommu_group(const Root& root, const std::string& group);

}  // namespace driver_override
