// SPDX-License-Identifier: LGPL-2.1-or-later
// The rules in force, /run/driver-override/rules: what the early hook has read stays in force for
// the rest of the boot, whatever the real root's own files say.
#pragma once

#include <optional>
#include <system_error>

#include "hook/configuration.hpp"

namespace driver_override {

/// Saves the sources, so that they are read back with the same rules, offsets and findings. A file
/// without sources is written, too: it tells that rules were looked for in this boot.
void save_rules(const Root& root, const Configuration& configuration, std::error_code& error);

/// True where rules were saved in this boot, readable or not.
bool are_rules_saved(const Root& root);

/// \return none where nothing was saved in this boot, or where not every line of it can be read;
///         `error` says so then
std::optional<Configuration> read_saved_rules(const Root& root, std::error_code& error);

}  // namespace driver_override
