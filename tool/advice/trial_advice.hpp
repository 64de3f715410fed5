// SPDX-License-Identifier: LGPL-2.1-or-later
// What the next boot does with rules on trial, told beforehand.
#pragma once

#include <vector>

#include "hook/configuration.hpp"
#include "hook/root.hpp"
#include "parser/message.hpp"

namespace driver_override {

/// A warning if the next boot leaves rules on trial out, or a note if it tries them; nothing if no
/// rule is on trial, or they are confirmed. The place is the first of the rules.
std::vector<Message> advise_on_trial(const Root& root, const Configuration& configuration);

}  // namespace driver_override
