// SPDX-License-Identifier: LGPL-2.1-or-later
// Who may change the system. Below another root the files themselves say who may change them.
#pragma once

#include <string>

namespace driver_override {

/// The error for a user who may not change the system; empty if this one may.
///
/// \param root  as --root has it
std::string missing_privilege(const std::string& root);

}  // namespace driver_override
