// SPDX-License-Identifier: LGPL-2.1-or-later
// A device that has just appeared: whether a rule takes it is a matter of its claim too.
#pragma once

#include "hook/log.hpp"
#include "hook/root.hpp"
#include "tool/commands/commands.hpp"

namespace driver_override {

/// Applies the rules in force to the devices in `words`, or to the one that udev names in the
/// environment (SUBSYSTEM, DEVPATH; udev(7)). A device is taken once in a boot, unless its rule is
/// sticky and nobody has cleared it; a new device of the name is told by the inode of its folder.
/// Without a claim nothing is touched.
Exit apply_late(const ApplyOptions& options, const Root& root, const Log& log);

}  // namespace driver_override
