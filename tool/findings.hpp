// SPDX-License-Identifier: LGPL-2.1-or-later
// How findings are printed by the commands of a terminal; `apply` has its own report.
#pragma once

#include "hook/configuration.hpp"
#include "hook/plan.hpp"

namespace driver_override {

/// Prints what is wrong in the sources to standard error, and how many rules are left out.
void print_findings(const Configuration& configuration);

/// What stands in place of devices if no row is the rule's: "no device", or which devices a later
/// rule decides about.
std::string no_row_text(const Plan& plan, std::size_t rule);

/// Where a rule stands: "command line, byte 16", "/etc/driver-override.d/90-saved.conf:3".
std::string place_of(const Configuration& configuration, std::size_t rule);

}  // namespace driver_override
