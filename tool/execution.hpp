// SPDX-License-Identifier: LGPL-2.1-or-later
// A plan, carried out with what belongs around it: a claim for each device before it is touched,
// the log, and the outcome in the claim's place.
#pragma once

#include <vector>

#include "hook/carry_out.hpp"
#include "hook/configuration.hpp"
#include "hook/plan.hpp"
#include "hook/report.hpp"
#include "hook/root.hpp"

namespace driver_override {

struct Circumstances {
  Extent extent = Extent::to_the_end;
  bool late = false;  ///< the devices have appeared after the early hook
  Deadlines deadlines{};
};

/// Marks in a plan what earlier runs of this boot have done to its devices.
void recall_claims(const Root& root, Plan& plan);

/// Says of each device first what will be done, then does it. If no claim can be written that is
/// said, and the device is bound all the same: it would have no other chance.
std::vector<Outcome> execute(const Root& root, const Configuration& configuration, Plan plan,
                             const Circumstances& circumstances, const Log& log, Report& report);

/// Moves those actions to the skips, as faults, that would take a driver from a device in use.
void spare_what_is_in_use(const Root& root, Plan& plan);

/// True where a device failed, or was refused to a rule.
bool has_failed(const Plan& plan, const std::vector<Outcome>& outcomes);

}  // namespace driver_override
