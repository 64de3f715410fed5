// SPDX-License-Identifier: LGPL-2.1-or-later
// What speaks against rules so much that nobody can have meant it: `set` refuses it now, and `save`
// keeps it out of later boots.
#pragma once

#include <vector>

#include "hook/configuration.hpp"
#include "hook/plan.hpp"
#include "hook/root.hpp"
#include "parser/message.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// A device that is in use, a card that `id=` does not allow, and a driver that is neither
/// registered nor, by its module, in the running kernel.
std::vector<Message> find_objections(const Root& root, const Configuration& configuration,
                                     const Plan& plan);

}  // namespace driver_override
