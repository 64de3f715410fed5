// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether what the program has printed has arrived.
#pragma once

#include <string>

namespace driver_override {

/// From here on a closed pipe is an error like others.
void outlive_readers_of_standard_output();

/// Why not all that was printed has been written; empty if it has.
std::string standard_output_fault();

}  // namespace driver_override
