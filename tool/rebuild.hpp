// SPDX-License-Identifier: LGPL-2.1-or-later
// Which command makes this system's initramfs anew.
#pragma once

#include <string>

#include "hook/root.hpp"

namespace driver_override {

/// "dracut --force", say; where no generator is found, words that name none.
std::string rebuild_command(const Root& root);

}  // namespace driver_override
