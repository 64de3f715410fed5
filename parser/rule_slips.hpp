// SPDX-License-Identifier: LGPL-2.1-or-later
// The mistakes that people make in a rule, and what they meant. Words only: what a bad rule costs
// is decided before, in rule_parser.cpp. A further mistake is one function in rule_slips.cpp.
#pragma once

#include <cstddef>
#include <string_view>

#include "parser/message.hpp"

namespace driver_override {

/// Replaces the words of an error, and its place within the rule, if the rule is one of the known
/// mistakes.
///
/// \param rule    the bad rule, as it was written
/// \param offset  where it starts in its source
void explain_slip(std::string_view rule, std::size_t offset, Message& fault);

/// For a rule without a driver before a `;`, followed by a sound rule for the same bus: the hint
/// that names both devices in one rule.
void explain_split_list(std::string_view rule, std::string_view next, Message& fault);

}  // namespace driver_override
