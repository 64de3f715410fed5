// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/unspared.hpp"

#include "hook/plan_review.hpp"
#include "tool/advice/warning.hpp"

namespace driver_override {

std::vector<Message> advise_on_unspared(const Configuration& configuration, const Plan& plan) {
  std::vector<Message> warnings;
  for (const Plan::Unspared& one : plan.unspared)
    warnings.push_back(
        warning_of_rule(configuration, one.exemption, {to_text(one, configuration.rules)},
                        "the last rule that names a device decides, and files come before the "
                        "command line: put the exemption behind that rule"));
  return warnings;
}

}  // namespace driver_override
