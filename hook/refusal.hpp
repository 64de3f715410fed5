// SPDX-License-Identifier: LGPL-2.1-or-later
// Why a driver does not take a device, in words: what the errno of its probe means there.
// A further known case belongs here.
#pragma once

#include <string>
#include <system_error>

#include "hook/kernel.hpp"
#include "hook/plan.hpp"

namespace driver_override {

/// \param error  what binding by name answered; none if it answered nothing
/// \return such as "Invalid argument: vfio-pci takes no bridge"; never empty
std::string explain_refusal(Kernel& kernel, const Action& action, const std::error_code& error);

/// True if the driver waits for another device and the kernel itself tries again.
bool is_deferred_refusal(const std::error_code& error);

}  // namespace driver_override
