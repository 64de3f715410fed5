// SPDX-License-Identifier: LGPL-2.1-or-later
// For a rule that matches nothing: what exists that is nearest to what it names.
#pragma once

#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// A hint that names the nearest device, or the nearest bus if the rule's does not exist; empty
/// if nothing is near.
/// \param whole    the rule
/// \param rule     the same with only those devices that do not exist, or not in its class
/// \param devices  all that take overrides
std::string nearest_hint(const Root& root, const Rule& whole, const Rule& rule,
                         const std::vector<Device>& devices);

}  // namespace driver_override
