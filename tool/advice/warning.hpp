// SPDX-License-Identifier: LGPL-2.1-or-later
// How a warning about a rule is made.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string_view>

#include "hook/configuration.hpp"
#include "parser/message.hpp"

namespace driver_override {

/// A warning about a rule of the configuration. Its place is the rule, without an excerpt.
///
/// \param rule  index into Configuration::rules
/// \param text  in parts, which are put together
Message warning_of_rule(const Configuration& configuration, std::size_t rule,
                        std::initializer_list<std::string_view> text, std::string_view hint = {});

}  // namespace driver_override
