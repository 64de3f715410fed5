// SPDX-License-Identifier: LGPL-2.1-or-later
// What a plan comes to, in one line. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "hook/configuration.hpp"
#include "parser/message.hpp"
#include "tool/view/plan_view.hpp"

namespace driver_override {

struct Verdict {
  std::size_t set = 0;
  std::size_t kept = 0;
  std::size_t skipped = 0;
  std::size_t warnings = 0;
  std::size_t errors = 0;  ///< devices that are refused among them
  bool is_ready = false;   ///< neither warnings nor errors, and the rules are in force
  std::string text;        ///< "3 to set, 1 kept, 40 skipped, 2 warnings"
};

/// \param warnings  those of the plan; those of the configuration are counted too
Verdict reach_verdict(const Configuration& configuration, const std::vector<PlanRow>& rows,
                      const std::vector<Message>& warnings);

}  // namespace driver_override
