// SPDX-License-Identifier: LGPL-2.1-or-later
// All that is known of one device.
#pragma once

#include "hook/root.hpp"
#include "tool/machine/module_aliases.hpp"
#include "tool/view/device_table.hpp"
#include "tool/view/terminal.hpp"

namespace driver_override {

/// Prints one fact per line, the kernel modules that would take the device among them.
void print_sheet(const Root& root, const Terminal& terminal, const ListedDevice& device,
                 const ModuleAliases& aliases);

}  // namespace driver_override
