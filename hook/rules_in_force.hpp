// SPDX-License-Identifier: LGPL-2.1-or-later
// The rules in force, /run/driver-override/rules: what the early hook has read stays in force for
// the rest of the boot, whatever the real root's own files say.
#pragma once

#include <cstddef>
#include <optional>
#include <system_error>

#include "hook/configuration.hpp"
#include "hook/log.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// How many bytes the file has at most: 16 MiB, far above the 1 MiB of a file of rules. It holds
/// all sources at once, each line with its file's name, so a file of short lines grows threefold
/// and more. Only we write it; the limit is there for what else may lie under that name.
constexpr std::size_t rules_in_force_limit = 16U << 20U;

/// Saves the sources, so that they are read back with the same rules, offsets and messages. A file
/// without sources is written, too: it tells that rules were looked for in this boot. EFBIG if they
/// are too many to be read back; nothing is written then.
void save_rules_in_force(const Root& root, const Configuration& configuration,
                         std::error_code& error);

/// True if rules were saved in this boot, readable or not.
bool are_rules_in_force_saved(const Root& root);

/// \return none if nothing was saved in this boot, or if not every line of it can be read; `error`
///         says so then
std::optional<Configuration> read_rules_in_force(const Root& root, std::error_code& error);

/// Replaces the rules in force, for those who come later and for udev. A fault is logged: devices
/// that are there can be bound all the same.
/// \return false if something could not be written
bool put_rules_in_force(const Root& root, const Configuration& configuration, const Log& log);

/// The rules of the real root's own files that are not in force, as the image lacks them; all that
/// a boot would have, if no early hook has run.
///
/// \param saved  what the early hook has put in force
Configuration read_own_rules_in_force(const Root& root, const std::optional<Configuration>& saved);

/// Both together. The own ones come first, so they decide only what no rule of the image names.
Configuration joined_rules_in_force(const Configuration& own,
                                    const std::optional<Configuration>& saved);

/// Says why the saved rules cannot be read.
void log_unreadable_rules_in_force(const Log& log, const std::error_code& error);

}  // namespace driver_override
