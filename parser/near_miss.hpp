// SPDX-License-Identifier: LGPL-2.1-or-later
// Parameters that were meant to be ours: what a slip of the keyboard makes of their names and of
// the blanks around them. Their rules are lost, and may have been exceptions.
#pragma once

#include <optional>
#include <string_view>

#include "parser/message.hpp"
#include "parser/parameter.hpp"

namespace driver_override {

/// True for `driver_override` and `rd.driver_override`, in which `-` and `_` mean the same.
bool is_our_parameter(std::string_view name);

/// True for a misspelt name of ours: at most two letters away. No parameter of the kernel or of an
/// initramfs generator is so near.
bool is_misspelt_parameter(std::string_view name);

/// True if `text` ends in one of our names, a blank before which may be missing.
bool ends_in_our_parameter(std::string_view text);

/// What a parameter was probably meant to be; none if it has nothing to do with rules.
///
/// \param parameter  of `line`, and neither of our names nor `pci`
std::optional<Message> near_miss(const Parameter& parameter, std::string_view line);

/// A parameter of ours inside another one's value, in front of which a blank is missing; none if
/// there is none. A quoted value of others may well carry a command line for another kernel, and is
/// not looked into.
std::optional<Message> missing_blank(const Parameter& parameter, std::string_view line);

}  // namespace driver_override
