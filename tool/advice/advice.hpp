// SPDX-License-Identifier: LGPL-2.1-or-later
// What would go wrong with a plan on this machine. Each kind of warning is one function in
// advice.cpp; those of vfio are in vfio.cpp. Only links and attributes that take no lock are read.
#pragma once

#include <map>
#include <vector>

#include "hook/configuration.hpp"
#include "hook/plan.hpp"
#include "hook/root.hpp"
#include "parser/message.hpp"
#include "tool/machine/device_details.hpp"

namespace driver_override {

/// Looks at everything that a plan would touch, and at what lies around it.
/// \param details  of every device of the plan
std::vector<Message> advise(const Root& root, const Configuration& configuration, const Plan& plan,
                            const std::map<DeviceId, Details>& details);

}  // namespace driver_override
