// SPDX-License-Identifier: LGPL-2.1-or-later
// A plan, carried out with what belongs around it: what is said of it, a claim for each device
// before it is touched, bind's steps in a child process, and the outcome in the claim's place.
#pragma once

#include <vector>

#include "hook/configuration.hpp"
#include "hook/device_steps.hpp"
#include "hook/log.hpp"
#include "hook/plan.hpp"
#include "hook/root.hpp"
#include "hook/steps.hpp"

namespace driver_override {

struct RunOptions {
  BindMode mode = BindMode::conclusive;
  bool late = false;  ///< the devices have appeared after the early hook
  Deadlines deadlines{};
};

struct RunResult {
  std::vector<Outcome> outcomes;  ///< one per action, in the plan's order
  bool failed = false;            ///< a device failed, or was refused to a rule
};

/// Says of each device first what will be done, then does it. If no claim can be written that is
/// said, and the device is bound all the same: it would have no other chance.
///
/// \param configuration  whose rules the plan was made from
RunResult run(const Root& root, const Configuration& configuration, Plan plan,
              const RunOptions& options, const Log& log);

/// True if the plan refuses a device to a rule, so that nothing but a fault is left of that rule,
/// or if nobody could ask for a rule's devices.
bool has_refused(const Plan& plan);

}  // namespace driver_override
