// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules → rules for udev(7), by which devices that appear late reach `apply --udev`. Broader than
// the rules rather than narrower: the program itself decides.
#pragma once

#include <string>
#include <vector>

#include "hook/root.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// The text of /run/udev/rules.d/05-driver-override.rules; empty if no rule sets an override.
/// No byte of a rule reaches it but `[A-Za-z0-9._:@!+*?-]`; any other becomes `?`.
std::string udev_rules(const std::vector<Rule>& rules);

/// Writes that file, or removes it if there is nothing to write.
void write_udev_rules(const Root& root, const std::vector<Rule>& rules, std::error_code& error);

}  // namespace driver_override
