// SPDX-License-Identifier: LGPL-2.1-or-later
// /sys as far as this program reads it: devices, their drivers, groups and classes.
#pragma once

#include "hook/root.hpp"
#include "tool/machine/private_words.hpp"
#include "tool/machine/snapshot_folder.hpp"

namespace driver_override {

/// Copies the devices of every bus with the attributes that decide about rules, and what disks,
/// interfaces and nodes lead to them. Whoever reads another attribute of a device adds it here.
void copy_sysfs(const Root& root, PrivateWords& words, SnapshotFolder& folder);

}  // namespace driver_override
