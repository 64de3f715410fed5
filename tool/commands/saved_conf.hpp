// SPDX-License-Identifier: LGPL-2.1-or-later
// The text of /etc/driver-override.d/90-saved.conf, edited in place: what is not asked for stays as
// it is, byte for byte: comments, bad lines, the rest of a parameter. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/rule.hpp"

namespace driver_override {

/// True if this device part of the rule is to go.
using Unwanted = std::function<bool(const Rule&, const DevicePattern&)>;

struct Edited {
  std::string text;
  std::vector<std::string> removed;  ///< "BUS,DEVICE=DRIVER" for each device part that went
  std::vector<std::string> rules;    ///< what the text must read back as; see rules_in_saved_conf()
};

/// Takes device parts out of their rules, rules that name no device any more out of their lines,
/// and lines without a rule out of the text.
Edited remove_saved_devices(std::string_view text, const Unwanted& unwanted);

/// Adds a rule as the last line. An earlier rule loses a device that the new one names in the same
/// words, with the same `id=` and `class=`, as the new one would decide for it anyway. Only a
/// pattern takes the place of a rule with the same devices, so that its exceptions stay behind it.
Edited add_rule_to_saved_conf(std::string_view text, const Rule& rule);

/// The rule as a line of a drop-in, on which `%XX` stands for a byte that would end the line or
/// open a comment.
std::string saved_line(const Rule& rule);

/// The rules that a boot reads from the text, good and bad ones.
std::vector<Rule> parse_saved(std::string_view text);

/// The same as texts: the good ones by saved_line(), bad ones as written.
std::vector<std::string> rules_in_saved_conf(std::string_view text);

}  // namespace driver_override
