// SPDX-License-Identifier: LGPL-2.1-or-later
// Which parameters of a command line are ours, and the rules in them.
// A further parameter, or another spelling of one, belongs here.
#pragma once

#include <string_view>

#include "parser/parameter.hpp"
#include "parser/rule_parser.hpp"

namespace driver_override {

/// Reads all rules of the kernel's command line, in its order: those of `driver_override=` and
/// `rd.driver_override=`, and each `driver[…]=…` of `pci=`. Offsets count from the line's start. A
/// lost rule (Rule::lost) stands in the place of what was meant for us and cannot be read, and at
/// the end of a line that may be cut: one that is exactly as long as a kernel's COMMAND_LINE_SIZE
/// (256 to 4096, with the NUL). Never fails; any bytes are accepted.
ParsedRules parse_command_line(std::string_view line);

/// The same for a line that an image holds in a file, whose length means nothing.
ParsedRules parse_uncut_command_line(std::string_view line);

/// Reads the rules of one parameter of ours; a lost rule if there are none.
///
/// \param word          the parameter as it stands in its source
/// \param value_offset  where its value starts there, in bytes
ParsedRules parse_our_parameter(const Parameter& parameter, std::string_view word,
                                std::size_t value_offset);

}  // namespace driver_override
