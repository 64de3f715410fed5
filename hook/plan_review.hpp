// SPDX-License-Identifier: LGPL-2.1-or-later
// What a finished plan shows of its rules: which of them are in vain. Decides about no device.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "hook/plan.hpp"
#include "hook/plan_index.hpp"

namespace driver_override {

/// Fills Plan::unmatched, Plan::overruled and Plan::unspared, each in the order of the rules.
/// \param plan  with all its actions and skips
void review_rules(Plan& plan, const std::vector<Rule>& rules, const Inventory& inventory,
                  const PlanIndex& index);

/// ""0a:00.7", "0a:00.8"": the first four of them, and how many more there are.
/// \param parts  indices into Rule::devices
std::string quoted_parts(const Rule& rule, const std::vector<std::size_t>& parts);

/// "no device matches "RULE"", or ""DEVICE", "DEVICE" in "RULE"", and why if that is known.
std::string to_text(const Plan::Unmatched& unmatched, const Rule& rule);

/// ""RULE" does not exempt DEVICE: "RULE" comes later and takes it".
/// \param image_lacks_it  the exemption stands in a file that the image lacks; it may come later
std::string to_text(const Plan::Unspared& unspared, const std::vector<Rule>& rules,
                    bool image_lacks_it = false);

}  // namespace driver_override
