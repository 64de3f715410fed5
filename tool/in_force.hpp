// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts rules in force for the rest of the boot: saved for those who come later, and told to udev.
#pragma once

#include "hook/configuration.hpp"
#include "hook/report.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// Replaces the rules in force, or removes them where there are none. A fault is logged: devices
/// that are there can be bound all the same.
/// \return false where something could not be written
bool put_in_force(const Root& root, const Configuration& configuration, const Log& log);

/// Says why the saved rules cannot be read.
void log_unreadable_rules(const Log& log, const std::error_code& error);

}  // namespace driver_override
