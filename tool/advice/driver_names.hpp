// SPDX-License-Identifier: LGPL-2.1-or-later
// Names that stand where a driver's belongs: misspelt ones, and those of modules.
#pragma once

#include <optional>
#include <string>

#include "hook/root.hpp"
#include "parser/message.hpp"

namespace driver_override {

/// What a rule names: a driver of a bus, and the module that holds it.
struct NamedDriver {
  std::string bus;
  std::string driver;
  std::string module;  ///< module_of()
};

/// True if the running kernel has the driver registered.
bool is_registered_driver_name(const Root& root, const NamedDriver& named);

/// A warning without a place about a name that is near that of a driver, or that is a module's.
/// None if nothing is wrong with it, or nothing is known of it. A driver is known if the kernel has
/// it registered, by the built-in table, or by being one that people give devices away to.
std::optional<Message> doubt_driver_name(const Root& root, const NamedDriver& named);

}  // namespace driver_override
