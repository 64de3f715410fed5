// SPDX-License-Identifier: LGPL-2.1-or-later
// What the process got from its caller, made fit for a program that changes devices: descriptors,
// signals, the mode of new files.
#pragma once

namespace driver_override {

/// To be called first: puts a placeholder in the place of closed standard descriptors, sets SIGCHLD
/// and SIGPIPE to their defaults, ignores SIGXFSZ, and lets everybody read the files that are kept
/// in /run and /etc.
void take_over_inheritance();

/// Closes all descriptors behind the standard ones: a child that cannot be killed must not hold a
/// file that somebody waits for.
void drop_inherited_files();

}  // namespace driver_override
