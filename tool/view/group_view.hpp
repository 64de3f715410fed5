// SPDX-License-Identifier: LGPL-2.1-or-later
// Devices by IOMMU group: what vfio can be given, and what keeps a group closed.
#pragma once

#include <vector>

#include "hook/root.hpp"
#include "tool/view/device_table.hpp"
#include "tool/view/terminal.hpp"

namespace driver_override {

/// Prints each group that holds one of the devices, whole, with the rule that gives it away; then
/// the devices in no group.
///
/// \param all     all devices that take overrides
/// \param wanted  those that were asked for
void print_groups(const Root& root, const Terminal& terminal, const std::vector<ListedDevice>& all,
                  const std::vector<ListedDevice>& wanted);

}  // namespace driver_override
