// SPDX-License-Identifier: LGPL-2.1-or-later
// PCI devices as the paths of rules go: each below the bridge that leads to it.
#pragma once

#include <vector>

#include "hook/root.hpp"
#include "tool/view/device_table.hpp"
#include "tool/view/terminal.hpp"

namespace driver_override {

/// Prints the PCI devices, each with the step that a path takes to it ("0000:00:03.2", below it
/// "/00.0") and its own address, then those of other buses.
///
/// \param all     all devices that take overrides
/// \param wanted  those that were asked for; the bridges that lead to them are shown too
void print_tree(const Root& root, const Terminal& terminal, const std::vector<ListedDevice>& all,
                const std::vector<ListedDevice>& wanted);

}  // namespace driver_override
