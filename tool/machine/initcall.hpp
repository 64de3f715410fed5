// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kernel calls a function that it runs as it starts, so that it can be told to leave it
// out.
#pragma once

#include <string>

#include "hook/root.hpp"

namespace driver_override {

/// The name that `initcall_blacklist=` is compared with (init/main.c, initcall_blacklisted): the
/// function's own, or that of a stub around it if the kernel was built with Clang's LTO
/// (include/linux/init.h, __initcall_stub), which changes with each build.
///
/// \return the function's own name too if the kernel's symbols cannot be read; empty if it has none
///         of either kind
std::string find_initcall(const Root& root, const std::string& function);

}  // namespace driver_override
