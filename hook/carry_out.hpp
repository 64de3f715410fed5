// SPDX-License-Identifier: LGPL-2.1-or-later
// A plan, carried out in a child with deadlines: bind's steps, child's process.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "hook/bind.hpp"
#include "hook/steps.hpp"

namespace driver_override {

/// Whom to tell, while it goes on.
struct Listener {
  std::function<void(const Outcome&)> settled;  ///< each device, once
  /// A step takes long. `device` is null where it is about all of them.
  std::function<void(const DeviceId* device, const std::string& what)> slow;
};

/// \return one outcome for each action, in the plan's order, whatever hangs, dies or fails
std::vector<Outcome> carry_out(const Plan& plan, Kernel& kernel, Extent extent,
                               const Deadlines& deadlines, const Listener& listener);

}  // namespace driver_override
