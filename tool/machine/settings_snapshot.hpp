// SPDX-License-Identifier: LGPL-2.1-or-later
// The files that tell what was wanted of this machine and what there is to do it: rules, settings
// of peers, the state of this boot, lists of modules, the names of PCI devices.
#pragma once

#include "hook/root.hpp"
#include "tool/machine/private_words.hpp"
#include "tool/machine/snapshot_folder.hpp"

namespace driver_override {

/// Copies rules and settings. Of the files of other programs only the lines that this program
/// understands are told, each in its place; of files that it only looks for, only that they are
/// there.
void copy_settings(const Root& root, SnapshotFolder& folder);

/// Copies the lists of the kernel's modules, and pci.ids.
void copy_settings_of_catalogues(const Root& root, SnapshotFolder& folder);

}  // namespace driver_override
