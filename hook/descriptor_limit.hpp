// SPDX-License-Identifier: LGPL-2.1-or-later
// How many files a process may hold open at once.
#pragma once

#include <cstddef>

namespace driver_override {

/// Makes room for `wanted` descriptors beside some for whatever else is opened, as far as the hard
/// limit permits (getrlimit(2), RLIMIT_NOFILE); 16,384 at most. A limit that suffices stays as it
/// is. \return for how many there is room
std::size_t reserve_descriptors(std::size_t wanted);

}  // namespace driver_override
