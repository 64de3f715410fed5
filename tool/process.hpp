// SPDX-License-Identifier: LGPL-2.1-or-later
// What the process got from its caller, made fit for a program that changes devices: descriptors,
// signals, the mode of new files. And whether what it has printed has arrived.
#pragma once

#include <string>

namespace driver_override {

/// To be called first: puts a placeholder in the place of closed standard descriptors, sets SIGCHLD
/// and SIGPIPE to their defaults, and lets everybody read the files that are kept in /run and /etc.
void take_over_process();

/// Closes all descriptors behind the standard ones: a child that cannot be killed must not hold a
/// file that somebody waits for.
void drop_inherited_files();

/// From here on a closed pipe is an error like others.
void outlive_listeners();

/// Why not all that was printed has been written; empty if it has.
std::string output_fault();

}  // namespace driver_override
