// SPDX-License-Identifier: LGPL-2.1-or-later
// What a finished plan shows of its rules: which of them are in vain. Decides about no device.
#pragma once

#include <vector>

#include "hook/plan.hpp"
#include "hook/plan_index.hpp"

namespace driver_override {

/// Fills Plan::unmatched, Plan::overruled and Plan::unspared, each in the order of the rules.
/// \param plan  with all its actions and skips
void review_rules(Plan& plan, const std::vector<Rule>& rules, const Inventory& inventory,
                  const PlanIndex& index);

}  // namespace driver_override
