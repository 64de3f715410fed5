// SPDX-License-Identifier: LGPL-2.1-or-later
// How messages are printed by the commands of a terminal; `apply` has its own report.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "hook/configuration.hpp"
#include "hook/plan.hpp"
#include "parser/message.hpp"

namespace driver_override {

/// Prints "driver-override: SEVERITY: TEXT" to standard error, and below it the hint, if there is
/// one. Its place, if it has one, is not shown.
void print_message(const Message& message);

/// The same, with their excerpts.
///
/// \param configuration  what the messages are about
void print_messages(const Configuration& configuration, const std::vector<Message>& messages);

/// print_message() of an error.
void print_error(const std::string& text, const std::string& hint = {});

/// Prints what is wrong in the sources, and how many rules are left out.
void print_messages(const Configuration& configuration);

/// What stands below the rows of a rule, one line each: "no device "0a:00.7"" for what it names in
/// vain. If it has no row: "no device", or which devices a later rule decides about.
///
/// \param shown  the devices in the rule's rows, also one that has gone
std::vector<std::string> lines_without_row(const Configuration& configuration, const Plan& plan,
                                           std::size_t rule, const std::vector<DeviceId>& shown);

/// Where a rule stands: "command line, byte 16", "/etc/driver-override.d/90-saved.conf:3".
std::string place_of(const Configuration& configuration, std::size_t rule);

}  // namespace driver_override
