// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts rules in force for the rest of the boot: saved for those who come later, and told to udev.
#pragma once

#include <optional>

#include "hook/configuration.hpp"
#include "hook/report.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// Replaces the rules in force, or removes them where there are none. A fault is logged: devices
/// that are there can be bound all the same.
/// \return false where something could not be written
bool put_in_force(const Root& root, const Configuration& configuration, const Log& log);

/// Marks that the real root's own run has begun.
/// \return false if it had in this boot: then it has nothing more to do
bool begin_finish(const Root& root, const Log& log);

/// The rules of the real root's own files that are not in force, as the image lacks them; all that
/// a boot would have, if no early hook has run.
///
/// \param saved  what the early hook has put in force
Configuration read_own_rules(const Root& root, const std::optional<Configuration>& saved);

/// Both together. The own ones come first, so they decide only what no rule of the image names.
Configuration joined(const Configuration& own, const std::optional<Configuration>& saved);

/// Says why the saved rules cannot be read.
void log_unreadable_rules(const Log& log, const std::error_code& error);

}  // namespace driver_override
