// SPDX-License-Identifier: LGPL-2.1-or-later
// The text of /etc/driver-override.d/90-saved.conf, edited line by line: what is not asked for
// stays as it is, comments and bad lines too. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/rule.hpp"

namespace driver_override {

/// True where this device part of the rule is to go.
using Unwanted = std::function<bool(const Rule&, const DevicePattern&)>;

struct Edited {
  std::string text;
  std::vector<std::string> removed;  ///< "BUS,DEVICE=DRIVER" for each device part that went
};

/// Takes device parts out of their rules, rules that name no device any more out of their lines,
/// and lines without a rule out of the text.
Edited without(std::string_view text, const Unwanted& unwanted);

/// Adds a rule as the last line. Earlier rules lose the devices that the new one names in the same
/// words, as it would decide for them anyway.
std::string with_rule(std::string_view text, const Rule& rule);

}  // namespace driver_override
