// SPDX-License-Identifier: LGPL-2.1-or-later
// Which command puts a parameter on the kernel's command line. Text only: nothing is run. What
// makes the image again is in image_command.
#pragma once

#include <string>
#include <vector>

#include "hook/root.hpp"

namespace driver_override {

/// What adds parameters to the command line of this system's boot loader: a command, or what to
/// write into which file. Words that name no command if no boot loader is found.
///
/// \param parameters  each "driver_override=RULE", free of blanks and quotation marks
///                    (escape_for_boot_loader())
std::string boot_command(const Root& root, const std::vector<std::string>& parameters);

}  // namespace driver_override
