// SPDX-License-Identifier: LGPL-2.1-or-later
// Which drivers a module holds: for a rule that names a module where a driver belongs.
#pragma once

#include <string>
#include <vector>

#include "hook/root.hpp"

namespace driver_override {

struct ModuleDrivers {
  bool is_there = false;           ///< the module is loaded or built in, so that sysfs knows all
  std::vector<std::string> names;  ///< on the bus that was asked for
};

/// What sysfs tells of the module; if it is not there, what the built-in table does.
ModuleDrivers read_module_drivers(const Root& root, const std::string& bus,
                                  const std::string& module);

}  // namespace driver_override
