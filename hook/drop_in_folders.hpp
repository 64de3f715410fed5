// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>

namespace driver_override {

/// The folders of rules in files, below the root: a name in a later one hides an earlier one's.
constexpr std::array<const char*, 3> drop_in_folders = {
    "usr/lib/driver-override.d", "etc/driver-override.d", "run/driver-override.d"};

}  // namespace driver_override
