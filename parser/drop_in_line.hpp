// SPDX-License-Identifier: LGPL-2.1-or-later
// A line of a drop-in file, and an argument, which is read in the same way.
#pragma once

#include <string_view>

#include "parser/rule_parser.hpp"

namespace driver_override {

/// Reads one line of a drop-in file, from which blanks and the comment are gone: rules, or a whole
/// parameter. Offsets count from the line's start.
/// \param offset  where `text` starts in the line, in bytes
ParsedRules parse_drop_in_line(std::string_view text, std::size_t offset);

/// What a line of a drop-in holds: without blanks at its ends, and without a comment, which `#`
/// opens at the start or behind a blank.
std::string_view strip_comment(std::string_view line);

/// Reads an argument: rules, or a whole parameter such as `driver_override=RULES` or
/// `pci=driver[…]=…`. Offsets count from the argument's start.
ParsedRules parse_argument(std::string_view argument);

}  // namespace driver_override
