// SPDX-License-Identifier: LGPL-2.1-or-later
// Driver → module. What modprobe needs to hear so that a driver is registered.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parser/rule.hpp"

namespace driver_override {

/// The module of a driver in lines as driver_table() has them; empty if they do not hold the
/// driver.
std::string_view find_module(std::string_view lines, std::string_view driver);

/// A module's name as sysfs has it, with `_` for `-`: to modprobe both are the same.
std::string normalised_module(std::string_view name);

/// The other way round: the drivers in such lines that a module holds. One of the module's own name
/// is not among them.
std::vector<std::string_view> find_drivers(std::string_view lines, std::string_view module);

/// The module that holds a driver: the one that the rule names, else the table's, else the driver's
/// own name.
///
/// \param named  the rule's `module=`, or empty
std::string module_of(const std::string& bus, const std::string& driver, const std::string& named);

/// The modules of all drivers that the good rules name, each once, sorted.
std::vector<std::string> modules_of(const std::vector<Rule>& rules);

}  // namespace driver_override
