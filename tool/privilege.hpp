// SPDX-License-Identifier: LGPL-2.1-or-later
// Who may change the system. Below another root the files themselves say who may change them.
#pragma once

#include <string>

#include "hook/root.hpp"

namespace driver_override {

/// The error for a user who may not change the system; empty if this one may.
std::string missing_privilege(const Root& root);

}  // namespace driver_override
