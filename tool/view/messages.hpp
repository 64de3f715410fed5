// SPDX-License-Identifier: LGPL-2.1-or-later
// How findings are printed by the commands of a terminal; `apply` has its own report.
#pragma once

#include <string>
#include <vector>

#include "hook/configuration.hpp"
#include "hook/plan.hpp"
#include "tool/advice/advice.hpp"

namespace driver_override {

/// Prints what is wrong in the sources to standard error, and how many rules are left out.
void print_findings(const Configuration& configuration);

/// What stands in place of devices if no row is the rule's: "no device", or which devices a later
/// rule decides about.
std::string no_row_text(const Plan& plan, std::size_t rule);

/// Prints "driver-override: error: MESSAGE" to standard error, and the hint, if there is one,
/// below.
void print_error(const std::string& message, const std::string& hint = {});

/// Prints what would go wrong as warnings to standard error.
void print_advice(const std::vector<Advice>& advice);

/// Where a rule stands: "command line, byte 16", "/etc/driver-override.d/90-saved.conf:3".
std::string place_of(const Configuration& configuration, std::size_t rule);

}  // namespace driver_override
