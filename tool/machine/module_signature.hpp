// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether the kernel loads only signed modules, and whether a module is one.
#pragma once

#include <string>

#include "hook/root.hpp"

namespace driver_override {

/// Why the running kernel loads signed modules only, such as "the kernel is locked down"; empty
/// if it loads any (kernel/module/signing.c, module_sig_check).
std::string signature_demand(const Root& root);

/// True if the file is a module without a signature at its end. False also if that cannot be
/// seen: compressed or absent. Whose signature it is stays unknown.
bool is_unsigned_module(const Root& root, const std::string& path);

}  // namespace driver_override
