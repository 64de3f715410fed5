// SPDX-License-Identifier: LGPL-2.1-or-later
// Picks the command by its name; command_table.cpp has the names and what each command reads.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "tool/command_table.hpp"
#include "tool/commands/commands.hpp"
#include "tool/inheritance.hpp"
#include "tool/standard_output.hpp"
#include "tool/view/messages.hpp"
#include "version.hpp"

namespace driver_override {
namespace {

Exit run(int argc, char** argv) {
  const std::string_view name = argc > 1 ? argv[1] : "";
  if (argc == 2 && name == "apply") return apply_without_options();
  if (name == "help" && argc > 2) return print_help_of(argv[2]);
  if (name == "--help" || name == "-h" || name == "help") {
    print_help();
    return Exit::done;
  }
  if (name == "--version") {
    std::printf("driver-override %s\n", version);
    return Exit::done;
  }
  if (name.empty()) return report_usage("expected a command");
  const Command* command = find_command(name);
  if (command == nullptr) return report_command_not_in_table(std::string(name));
  return command->run(*command, argc - 1, argv + 1);
}

/// Runs the command, and says what has become of its output.
Exit run_main(int argc, char** argv) {
  const Exit exit = run(argc, argv);
  const std::string fault = standard_output_fault();
  if (fault.empty()) return exit;
  print_error("standard output: " + fault);
  return Exit::failed;
}

}  // namespace
}  // namespace driver_override

int main(int argc, char** argv) {
  using driver_override::Exit;
  driver_override::take_over_inheritance();
  try {
    return static_cast<int>(driver_override::run_main(argc, argv));
  } catch (const std::exception& error) {
    driver_override::print_error(error.what());
    return static_cast<int>(Exit::failed);
  }
}
