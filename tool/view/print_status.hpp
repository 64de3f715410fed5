// SPDX-License-Identifier: LGPL-2.1-or-later
// What became of the rules, as people read it.
#pragma once

#include <vector>

#include "hook/configuration.hpp"
#include "hook/plan.hpp"
#include "tool/view/status_view.hpp"

namespace driver_override {

/// Prints each rule with its devices.
///
/// \param rows  in the order of the rules
void print_status(const Configuration& configuration, const Plan& plan,
                  const std::vector<StatusRow>& rows);

}  // namespace driver_override
