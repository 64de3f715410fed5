// SPDX-License-Identifier: LGPL-2.1-or-later
// Which command brings the saved rules into the next boot. Text only: nothing is run.
#pragma once

#include <string>
#include <vector>

#include "hook/root.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// What makes this system's initramfs again, such as "mkinitcpio -P", or if the image is made
/// elsewhere, what hands it the rules. Words that name no command if no generator is found. A
/// second line says why the generator's images lack driver-override, if they do.
///
/// \param before  the saved rules, good and bad, before they were edited
/// \param after   the same afterwards
std::string rebuild_command(const Root& root, const std::vector<Rule>& before,
                            const std::vector<Rule>& after);

/// The same for whoever has no rules at hand.
std::string rebuild_command(const Root& root);

}  // namespace driver_override
