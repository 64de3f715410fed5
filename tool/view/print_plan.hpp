// SPDX-License-Identifier: LGPL-2.1-or-later
// A plan as people read it.
#pragma once

#include "hook/configuration.hpp"
#include "tool/view/forecast.hpp"
#include "tool/view/verdict.hpp"

namespace driver_override {

/// Prints each rule with its devices, and the verdict; what is wrong goes to standard error.
void print_plan(const Configuration& configuration, const Forecast& forecast,
                const Verdict& verdict);

}  // namespace driver_override
