// SPDX-License-Identifier: LGPL-2.1-or-later
// Picks the command by its name and reads that command's options. What a command does is in its
// own file; only names, options and their help belong here.
#include <fcntl.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>

#include "tool/commands.hpp"
#include "version.hpp"

namespace {

using driver_override::Exit;
using driver_override::Invocation;

/// Which options a command takes besides --root, --cmdline and --cmdline-file.
struct Command {
  std::string_view name;
  const char* summary;
  Exit (*run)(const Invocation&);
  bool takes_json;
  bool takes_rules;
};

constexpr std::array<Command, 3> commands = {{
    {"apply", "set the overrides that the rules name, load the drivers and bind the devices",
     driver_override::apply, false, false},
    {"check", "read the rules and report what is wrong in them", driver_override::check, true,
     true},
    {"modules", "print the kernel modules that the rules need", driver_override::modules, false,
     false},
}};

void print_help() {
  std::printf(
      "Usage: driver-override COMMAND [OPTION…]\n\n"
      "Gives devices to chosen drivers by driver_override, by rules on the kernel command line:\n"
      "  driver_override=BUS,DEVICE[,DEVICE…]=DRIVER[;…]   on any bus\n"
      "  pci=driver[DEVICE,…]=DRIVER                       on the bus pci\n"
      "  driver_override=off                               apply nothing in this boot\n\n"
      "Commands:\n");
  for (const Command& command : commands)
    std::printf("  %-10s %s\n", command.name.data(), command.summary);
  std::printf(
      "\n\"driver-override COMMAND --help\" says more. "
      "Exit status: 0 done, 1 a rule or a device failed, 2 wrong usage.\n");
}

Exit usage(const std::string& message) {
  std::fprintf(stderr, "driver-override: error: %s\n  hint: see \"driver-override --help\"\n",
               message.c_str());
  return Exit::usage;
}

/// Reads a command line from a file that the caller named; `-` is standard input.
std::string read_named_file(const std::string& name, std::error_code& error) {
  const int number = name == "-" ? ::dup(STDIN_FILENO) : ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) {
    error = {errno, std::generic_category()};
    return {};
  }
  return read_all(driver_override::Descriptor(number), error);
}

Exit run_with_options(const Command& command, int argc, char** argv) {
  Invocation invocation;
  std::string command_line;
  std::string file;
  CLI::App app(std::string("driver-override: ") + command.summary,
               "driver-override " + std::string(command.name));
  app.add_option("--root", invocation.root, "the directory below which every path lies")
      ->type_name("DIR");
  auto* text_option = app.add_option("--cmdline", command_line, "read TEXT, not /proc/cmdline");
  text_option->type_name("TEXT");
  auto* file_option =
      app.add_option("--cmdline-file", file, "read FILE, not /proc/cmdline; - is standard input");
  file_option->type_name("FILE")->excludes(text_option);
  if (command.takes_json) app.add_flag("--json", invocation.json, "print JSON");
  if (command.takes_rules)
    app.add_option("RULES", invocation.request.arguments,
                   "read these rules or parameters, not /proc/cmdline");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {
    return static_cast<Exit>(app.exit(wanted));
  } catch (const CLI::ParseError& error) {
    return usage(error.what());
  }
  if (text_option->count() > 0) invocation.request.command_line = command_line;
  if (file_option->count() > 0) {
    std::error_code error;
    invocation.request.command_line = read_named_file(file, error);
    if (error) return usage(file + ": " + std::strerror(error.value()));
  }
  invocation.request.arguments_only =
      !invocation.request.arguments.empty() && !invocation.request.command_line;
  return command.run(invocation);
}

Exit run(int argc, char** argv) {
  const std::string_view name = argc > 1 ? argv[1] : "";
  // The early path pays for no option parser.
  if (argc == 2 && name == "apply") return driver_override::apply({});
  if (name == "--help" || name == "-h" || name == "help") {
    print_help();
    return Exit::done;
  }
  if (name == "--version") {
    std::printf("driver-override %s\n", driver_override::version);
    return Exit::done;
  }
  for (const Command& command : commands)
    if (command.name == name) return run_with_options(command, argc - 1, argv + 1);
  if (name.empty()) return usage("expected a command");
  return usage("unknown command \"" + std::string(name) + "\"");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Exit exit = run(argc, argv);
    if (std::fflush(stdout) == 0) return static_cast<int>(exit);
    std::fprintf(stderr, "driver-override: error: standard output: %s\n", std::strerror(errno));
    return static_cast<int>(Exit::failed);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "driver-override: error: %s\n", error.what());
    return static_cast<int>(Exit::failed);
  }
}
