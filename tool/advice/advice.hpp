// SPDX-License-Identifier: LGPL-2.1-or-later
// What would go wrong with a plan on this machine. Each kind of warning is one function in
// advice.cpp; those of vfio are in vfio.cpp. Only links and attributes that take no lock are read.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hook/configuration.hpp"
#include "hook/plan.hpp"
#include "hook/root.hpp"
#include "tool/machine/device_details.hpp"

namespace driver_override {

/// A warning about a plan, and the rule that it is about.
struct Advice {
  std::string message;
  std::string hint;  ///< or empty
  std::optional<std::size_t> rule;
};

/// \param message  in parts, which are put together
Advice make_advice(std::initializer_list<std::string_view> message, std::string_view hint,
                   std::size_t rule);

/// Looks at everything that a plan would touch, and at what lies around it.
/// \param details  of every device of the plan
std::vector<Advice> advise(const Root& root, const Configuration& configuration, const Plan& plan,
                           const std::map<DeviceId, Details>& details);

}  // namespace driver_override
