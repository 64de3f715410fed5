// SPDX-License-Identifier: LGPL-2.1-or-later
// Plan → outcomes, step by step through Kernel. The order of the steps is what makes it safe, and
// is decided here alone. Neither forks nor reads a clock.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "hook/kernel.hpp"
#include "hook/plan.hpp"

namespace driver_override {

enum class State {
  bound,       ///< the wanted driver has the device; for "none": no driver has it
  unchanged,   ///< so it was already, and nothing was written
  left_alone,  ///< it has an override that is not ours
  failed
};

struct Outcome {
  Action action;
  State state = State::failed;
  std::string detail;  ///< the failed step and the reason; or why it was left alone
};

/// Carries out a plan: writes all overrides; loads the modules of the drivers that are not
/// registered, all at once; then for each device unbinds another driver once the wanted one is
/// registered, probes, and verifies by the `driver` link. A fault of one device stops no other, and
/// a device whose override could not be written is not touched further.
/// \param before  called once with each action before its device is touched
/// \return one outcome for each action, in the plan's order
std::vector<Outcome> carry_out(const Plan& plan, Kernel& kernel,
                               const std::function<void(const Action&)>& before);

}  // namespace driver_override
