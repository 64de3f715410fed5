// SPDX-License-Identifier: LGPL-2.1-or-later
// What would go wrong with a plan on this machine. Each kind of warning is one function in
// advice.cpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "hook/configuration.hpp"
#include "hook/plan.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// A warning about a plan, and the rule that it is about.
struct Advice {
  std::string message;
  std::string hint;  ///< or empty
  std::optional<std::size_t> rule;
};

/// Looks at everything that a plan would touch, and at what lies around it.
std::vector<Advice> advise(const Root& root, const Configuration& configuration, const Plan& plan);

}  // namespace driver_override
