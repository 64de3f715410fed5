// SPDX-License-Identifier: LGPL-2.1-or-later
// `driver_override=off`, which leaves everything alone in one boot.
#pragma once

#include <string_view>

#include "parser/message.hpp"

namespace driver_override {

/// True if the kill switch stands anywhere in the line as a blank-separated word, inside another
/// parameter's quotes and behind `--` too: `driver_override=off` (or 0, no, false, in any case),
/// also on the alias. Slips count for nothing: a misspelt name, what a missing blank has joined to
/// the name, a blank within it, other marks than `=`, and marks behind it. It is found without the
/// splitting of parameters, so that no quoting hides it.
bool has_kill_switch(std::string_view line);

/// True if `value` is one that makes `driver_override=` the kill switch.
bool is_kill_value(std::string_view value);

/// The error for a kill switch in another place than the kernel's command line.
Message misplaced_kill_switch(Span span);

}  // namespace driver_override
