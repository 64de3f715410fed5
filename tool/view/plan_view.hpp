// SPDX-License-Identifier: LGPL-2.1-or-later
// A plan as `plan` shows it: one row for each device that a rule names. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "hook/plan.hpp"
#include "tool/machine/device_details.hpp"

namespace driver_override {

enum class PlannedStep {
  set,   ///< the override is written, or the device is bound again
  keep,  ///< all is as the rule wants it
  skip   ///< the device is left alone, for the row's reason
};

/// "set", "keep", "skip".
std::string planned_step_name(PlannedStep step);

struct PlanRow {
  Device device;
  Details details;
  std::string driver;  ///< what the rule wants; empty if it exempts
  PlannedStep step = PlannedStep::skip;
  std::size_t rule = 0;
  std::string reason;  ///< why it is skipped; else empty
  bool refused = false;
};

/// All rows, in the order of the rules and then of the devices.
std::vector<PlanRow> view_plan(const Plan& plan, const std::vector<Rule>& rules,
                               const std::map<DeviceId, Details>& details);

}  // namespace driver_override
