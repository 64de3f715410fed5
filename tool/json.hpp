// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands' results as JSON; the only file pair that knows the JSON library. A key that users
// read is never renamed or dropped.
#pragma once

#include <string>

#include "hook/configuration.hpp"

namespace driver_override {

/// `check --json`: {"enabled", "rules": […], "diagnostics": […]}, indented, without a last newline.
std::string check_as_json(const Configuration& configuration);

}  // namespace driver_override
