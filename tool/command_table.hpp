// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands by name, and how one is run. Its options are in tool/command_options, and what it
// does is in tool/commands/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tool/commands/commands.hpp"
#include "tool/option_table.hpp"

namespace driver_override {

struct Command {
  std::string_view name;
  const char* summary;  ///< for the help, without a full stop
  /// Reads the options of the command and runs it. A fault of usage is printed.
  ///
  /// \param argv  the command's name and what stands behind it
  Exit (*run)(const Command& command, int argc, char** argv);
  std::vector<OptionTable::Entry> (*options)();
};

/// The command of that name; null if there is none.
const Command* find_command(std::string_view name);

/// Prints what the program is, and its commands.
void print_help();

/// Prints a fault of usage, and below it what to do instead.
Exit report_usage(const std::string& fault, const std::string& hint = {});

/// The same for a command that does not exist, with what was meant.
Exit report_command_not_in_table(const std::string& name);

/// Prints the options of a command, as `COMMAND --help` does.
Exit print_help_of(const std::string& name);

/// `driver-override apply` without an option, as an initramfs runs it. It pays for no table
/// of options.
Exit apply_without_options();

}  // namespace driver_override
