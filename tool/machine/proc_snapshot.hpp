// SPDX-License-Identifier: LGPL-2.1-or-later
// /proc as far as this program reads it: the command line, mounts, routes, open nodes.
#pragma once

#include "hook/root.hpp"
#include "tool/machine/private_words.hpp"
#include "tool/machine/snapshot_folder.hpp"

namespace driver_override {

/// Copies the tables of the kernel, row by row only what leads to a device: a mount without its
/// options, a route without its addresses, a symbol without its address. Of other processes it
/// tells which have a node of a device open, by the program's name.
void copy_proc(const Root& root, PrivateWords& words, SnapshotFolder& folder);

}  // namespace driver_override
