// SPDX-License-Identifier: LGPL-2.1-or-later
// Which parameters of a command line are ours, and the rules in them.
// A further parameter, or another spelling of one, belongs here.
#pragma once

#include <string_view>

#include "parser/rule_parser.hpp"

namespace driver_override {

/// True if the kill switch stands anywhere in the line as a blank-separated word, inside another
/// parameter's quotes and behind `--` too: `driver_override=off` (or 0, no, false, in any case),
/// also on the alias and on a misspelt name. It is found without the splitting of parameters, so
/// that no quoting hides it.
bool has_kill_switch(std::string_view line);

/// True if `value` is one that makes `driver_override=` the kill switch.
bool is_kill_value(std::string_view value);

/// Reads all rules of the kernel's command line, in its order: those of `driver_override=` and
/// `rd.driver_override=`, and each `driver[…]=…` of `pci=`. Offsets count from the line's start. A
/// lost rule (Rule::lost) stands in the place of what was meant for us and cannot be read, and at
/// the end of a line that may be cut: one that is exactly as long as a kernel's COMMAND_LINE_SIZE
/// (256 to 4096, with the NUL). Never fails; any bytes are accepted.
ParsedRules parse_command_line(std::string_view line);

/// The same for a line that an image holds in a file, whose length means nothing.
ParsedRules parse_image_line(std::string_view line);

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
