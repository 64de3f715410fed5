// SPDX-License-Identifier: LGPL-2.1-or-later
// The model of sysfs as a mounted file system. One thread: a request that hangs is put aside and
// answered later, so it blocks no other. What the files do belongs in sysfs_model.
#pragma once

#include <string>

#include "tests/fake_sysfs/sysfs_model.hpp"

namespace fake_sysfs {

/// Mounts the model at `mount_point` and serves it until SIGTERM, SIGINT or SIGHUP, or until it is
/// unmounted. What hangs ends with EINTR then, or, if `hangs_are_killable`, as soon as its
/// caller has a fatal signal pending.
/// \return false if it could not be mounted; the reason is on standard error
bool serve(SysfsModel& model, const std::string& mount_point, bool hangs_are_killable);

}  // namespace fake_sysfs
