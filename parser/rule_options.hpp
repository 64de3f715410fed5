// SPDX-License-Identifier: LGPL-2.1-or-later
// The options of a rule. A new option is one entry in rule_options.cpp's table and one in Options.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/message.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// Reads one option, `NAME` or `NAME=VALUE`, into `rule`.
/// \param raw     the option as written
/// \param offset  where `raw` starts in its source, in bytes
/// \return an error for an unknown option, one given twice, a bad value, or one that the bus of the
///         rule cannot have; else none
std::optional<Message> parse_option(Rule& rule, std::string_view raw, std::size_t offset);

/// True for the name of an option.
bool is_rule_option(std::string_view name);

/// How each option begins: its name, and "=" if it has a value.
std::vector<std::string> rule_option_beginnings();

/// True for the name of an option, also if it is misspelt.
bool is_like_rule_option(std::string_view name);

}  // namespace driver_override
