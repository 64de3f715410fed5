// SPDX-License-Identifier: LGPL-2.1-or-later
// What rules would do to this machine in a boot, as it is now. Reads only.
#pragma once

#include <vector>

#include "hook/configuration.hpp"
#include "hook/plan.hpp"
#include "hook/root.hpp"
#include "parser/message.hpp"
#include "tool/advice/advice.hpp"
#include "tool/view/plan_view.hpp"

namespace driver_override {

struct Forecast {
  Plan plan;
  std::vector<PlanRow> rows;      ///< the plan, as it is shown
  std::vector<Message> warnings;  ///< what would go wrong
};

Forecast make_forecast(const Root& root, const Configuration& configuration);

}  // namespace driver_override
