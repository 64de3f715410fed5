// SPDX-License-Identifier: LGPL-2.1-or-later
// What vfio demands of a device, and would refuse. Each demand is one function in vfio.cpp.
#pragma once

#include <vector>

#include "hook/configuration.hpp"
#include "hook/plan.hpp"
#include "hook/root.hpp"
#include "parser/message.hpp"

namespace driver_override {

/// Looks at the devices that a plan gives to a driver of vfio, and at their IOMMU groups.
std::vector<Message> advise_on_vfio(const Root& root, const Configuration& configuration,
                                    const Plan& plan);

}  // namespace driver_override
