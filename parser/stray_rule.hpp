// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules and parts of rules in words of their own, where no parameter of ours holds them: a blank
// stands in place of a separator, or the name before the rule was lost. They may be exceptions.
#pragma once

#include <optional>
#include <string_view>

#include "parser/message.hpp"
#include "parser/parameter.hpp"

namespace driver_override {

/// True for what can only be addresses of PCI devices, sound or not: hexadecimal digits, wildcards
/// and separators, a colon among them.
bool is_like_pci_addresses(std::string_view text);

/// A rule in a word that is none of our parameters; none if there is none. In a quoted value of
/// others it is looked for at the start alone, as for missing_blank().
///
/// \param parameter  of `line`, and neither of our names nor `pci`
std::optional<Message> stray_rule(const Parameter& parameter, std::string_view line);

/// A rest of the rules that stand right before it, such as an option: without it, they may take
/// more than was meant.
///
/// \param parameter  as for stray_rule()
std::optional<Message> stray_rest(const Parameter& parameter, std::string_view line);

}  // namespace driver_override
