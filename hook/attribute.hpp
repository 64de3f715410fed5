// SPDX-License-Identifier: LGPL-2.1-or-later
// One attribute of sysfs by its descriptor: it is read and written whole, by one system call each.
#pragma once

#include <string>
#include <string_view>
#include <system_error>

#include "hook/descriptor.hpp"

namespace driver_override {

/// The text of an attribute, at most a page (Documentation/filesystems/sysfs.rst), without its last
/// newline; empty with `error` set if it cannot be read. Leaves `error` as it is otherwise.
std::string read_attribute(const Descriptor& file, std::error_code& error);

/// Writes to an attribute, wherever reading has left the descriptor. Sets `error` to the kernel's
/// answer, or to EIO if it took only a part; leaves it as it is otherwise.
void write_attribute(const Descriptor& file, std::string_view text, std::error_code& error);

}  // namespace driver_override
