// SPDX-License-Identifier: LGPL-2.1-or-later
// What rules name that does not exist: warnings with what is nearest to it, and notes about virtual
// functions that nobody has made yet.
#pragma once

#include <vector>

#include "hook/configuration.hpp"
#include "hook/plan.hpp"
#include "hook/root.hpp"
#include "parser/message.hpp"

namespace driver_override {

/// One message for each entry of Plan::unmatched, in their order, or several about its parts. What
/// waits for a virtual function is a note, and no fault.
/// \param plan  of the configuration's rules
std::vector<Message> advise_on_absent(const Root& root, const Configuration& configuration,
                                      const Plan& plan);

}  // namespace driver_override
