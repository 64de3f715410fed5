// SPDX-License-Identifier: LGPL-2.1-or-later
// Commands and options that this program does not have, and what was meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace driver_override {

/// The hint for a command that does not exist: the nearest one, or what does the same here as a
/// command of driverctl or a common word. Empty if nothing is near.
std::string command_hint(const std::string& word, const std::vector<std::string_view>& commands);

/// The hint for the first word that is no option of a command; empty if all are, or nothing is
/// near. \param options  their long names, without "--"
std::string option_hint(const std::vector<std::string>& words,
                        const std::vector<std::string>& options);

}  // namespace driver_override
