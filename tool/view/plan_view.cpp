// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/plan_view.hpp"

#include <algorithm>
#include <array>

#include "hook/override_decision.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

PlanRow view_planned_action(const Action& action, const Details& details) {
  PlanRow row{action.device, details, action.driver, PlannedStep::set, action.rule, {}, false};
  const OverrideDecision decision = decide_override(action, details.override_name);
  if (!details.takes_override) {
    row.step = PlannedStep::skip;
    row.reason = missing_override_reason(action.device.id, details.exists);
  } else if (decision.kind == OverrideDecision::Kind::leave_alone) {
    row.step = PlannedStep::skip;
    row.reason = decision.reason;
  } else if (decision.kind == OverrideDecision::Kind::keep &&
             is_wanted_driver(action.driver, action.device.driver)) {
    row.step = PlannedStep::keep;
  }
  return row;
}

}  // namespace

std::string planned_step_name(PlannedStep step) {
  constexpr std::array<const char*, 3> names = {"set", "keep", "skip"};
  return names.at(static_cast<std::size_t>(step));
}

std::vector<PlanRow> view_plan(const Plan& plan, const std::vector<Rule>& rules,
                               const std::map<DeviceId, Details>& details) {
  std::vector<PlanRow> rows;
  for (const Action& action : plan.actions)
    rows.push_back(view_planned_action(action, details.at(action.device.id)));
  for (const Skip& skip : plan.skips)
    rows.push_back({skip.device, details.at(skip.device.id), rules[skip.rule].driver,
                    PlannedStep::skip, skip.rule, skip.reason, skip.refused});
  std::stable_sort(rows.begin(), rows.end(), [](const PlanRow& one, const PlanRow& other) {
    return std::tie(one.rule, one.device.id) < std::tie(other.rule, other.device.id);
  });
  return rows;
}

}  // namespace driver_override
