// SPDX-License-Identifier: LGPL-2.1-or-later
// Exemptions in vain, as warnings.
#pragma once

#include <vector>

#include "hook/configuration.hpp"
#include "hook/plan.hpp"
#include "parser/message.hpp"

namespace driver_override {

/// A warning for each entry of Plan::unspared, in their order. Its place is the exemption.
/// \param plan  of the configuration's rules
std::vector<Message> advise_on_unspared(const Configuration& configuration, const Plan& plan);

}  // namespace driver_override
