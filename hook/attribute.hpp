// SPDX-License-Identifier: LGPL-2.1-or-later
// An attribute of sysfs that is open already: it is read whole, by one system call.
#pragma once

#include <string>
#include <system_error>

#include "hook/descriptor.hpp"

namespace driver_override {

/// The text of an attribute, at most a page (Documentation/filesystems/sysfs.rst), without its last
/// newline; empty with `error` set if it cannot be read. Leaves `error` as it is otherwise.
std::string read_attribute(const Descriptor& file, std::error_code& error);

}  // namespace driver_override
