// SPDX-License-Identifier: LGPL-2.1-or-later
// Picks the command by its name and reads that command's options. What a command does is in its
// own file; only names, options and their help belong here.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/printable.hpp"
#include "tool/advice/command_names.hpp"
#include "tool/commands/commands.hpp"
#include "tool/machine/boot_file.hpp"
#include "tool/machine/privilege.hpp"
#include "tool/view/messages.hpp"
#include "version.hpp"

namespace {

using driver_override::Exit;
using driver_override::Invocation;

/// What a command takes on its command line besides --root.
enum Takes : unsigned {
  takes_sources = 1,  ///< --cmdline and --cmdline-file
  takes_json = 2,
  takes_rules = 4,      ///< rules in place of the configured ones
  takes_more = 8,       ///< rules behind the configured ones, and --only
  takes_words = 16,     ///< devices and a driver
  takes_apply = 32,     ///< --finish, --udev, --device
  takes_steps = 64,     ///< --force and --timeout
  takes_set = 128,      ///< rules, and --noprobe
  takes_save = 256,     ///< rules, and --force
  takes_devices = 512,  ///< devices, or --all
  takes_filter = 1024   ///< --overridden
};

enum class Effect {
  prints,  ///< a closed pipe ends it, as it ends other tools
  changes  ///< it goes on to its end, whoever listens
};

struct Command {
  std::string_view name;
  const char* summary;
  Exit (*run)(const Invocation&);
  unsigned takes;
  Effect effect;
};

constexpr std::array<Command, 12> commands = {{
    {"apply", "set the overrides that the rules name, load the drivers and bind the devices",
     driver_override::apply, takes_sources | takes_apply | takes_steps, Effect::changes},
    {"check", "read the rules and report what is wrong in them", driver_override::check,
     takes_sources | takes_json | takes_rules, Effect::prints},
    {"plan", "a dry run of a boot: what each rule takes, and what would go wrong",
     driver_override::plan, takes_sources | takes_json | takes_more, Effect::prints},
    {"status", "what became of the rules, device by device", driver_override::status, takes_json,
     Effect::prints},
    {"set", "apply rules now, for the rest of this boot", driver_override::set,
     takes_set | takes_steps, Effect::changes},
    {"clear", "give devices back to their own drivers", driver_override::clear,
     takes_devices | takes_steps, Effect::changes},
    {"save", "write rules to a file for later boots", driver_override::save, takes_save,
     Effect::changes},
    {"forget", "take saved rules out again", driver_override::forget, takes_devices,
     Effect::changes},
    {"list", "the devices that take an override", driver_override::list, takes_json | takes_filter,
     Effect::prints},
    {"suggest", "print the most robust parameter for a device or a whole slot",
     driver_override::suggest, takes_words, Effect::prints},
    {"convert",
     "print what driverctl, udev, vfio-pci.ids=, xen-pciback.hide= and others say as rules",
     driver_override::convert, takes_sources, Effect::prints},
    {"modules", "print the kernel modules that the rules need", driver_override::modules,
     takes_sources, Effect::prints},
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
      "\n\"driver-override COMMAND --help\" says more, \"driver-override --version\" which this "
      "is.\n"
      "Exit status: 0 done, 1 a rule or a device failed, 2 wrong usage.\n");
}

Exit usage(const std::string& message, const std::string& hint = {}) {
  driver_override::print_error(message, hint.empty() ? "see \"driver-override --help\"" : hint);
  return Exit::usage;
}

/// What was meant by options that the command does not have.
std::string hint_for_options(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    names.insert(names.end(), option->get_lnames().begin(), option->get_lnames().end());
  return driver_override::option_hint({argv + 1, argv + argc}, names);
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

/// The options that a command is given, and where the command line is read from.
struct Arguments {
  Invocation invocation;
  std::optional<std::string> command_line;
  std::optional<std::string> file;
  bool only = false;
  bool udev = false;
  double timeout = 0;
};

void add_options(CLI::App& app, const Command& command, Arguments& arguments) {
  Invocation& invocation = arguments.invocation;
  const auto takes = [&](Takes what) { return (command.takes & what) != 0; };
  app.add_option("--root", invocation.root, "the directory below which every path lies")
      ->type_name("DIR");
  if (takes(takes_sources)) {
    auto* text =
        app.add_option("--cmdline", arguments.command_line, "read TEXT, not /proc/cmdline");
    text->type_name("TEXT");
    app.add_option("--cmdline-file", arguments.file,
                   "read FILE, not /proc/cmdline; - is standard input. /etc/default/grub and "
                   "loader entries are read as they are written")
        ->type_name("FILE")
        ->excludes(text);
  }
  if (takes(takes_json)) app.add_flag("--json", invocation.json, "print JSON");
  if (takes(takes_rules))
    app.add_option("RULES", invocation.request.arguments,
                   "read these rules or parameters, not the configured ones");
  if (takes(takes_more)) {
    app.add_option("RULES", invocation.request.arguments,
                   "read these rules or parameters after the configured ones");
    app.add_flag("--only", arguments.only, "leave the configured rules out");
    app.add_flag("--strict", invocation.strict, "exit with status 1 on a warning too");
  }
  if (takes(takes_apply)) {
    app.add_flag("--finish", invocation.finish,
                 "in the real root: go on where the initramfs ended");
    app.add_flag("--udev", arguments.udev,
                 "only the device that udev names (SUBSYSTEM, DEVPATH), which has just appeared");
    app.add_option("--device", invocation.words, "only this device, which has just appeared")
        ->type_name("DEVICE");
  }
  if (takes(takes_steps)) {
    app.add_flag("--force", invocation.force, "also take a device that is in use");
    app.add_option("--timeout", arguments.timeout,
                   "set the time limit per step (10); the whole run ends after 2.5 times it")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.1, 3600.0));
  }
  if (takes(takes_filter)) {
    app.add_flag("--overridden", invocation.overridden, "only those that have an override");
    auto* groups = app.add_flag("--groups", invocation.groups, "by IOMMU group");
    app.add_flag("--tree", invocation.tree, "as the paths of rules go")->excludes(groups);
    app.add_option("DEVICE", invocation.words,
                   "only these: a bus, a class (\"VGA\", \"03\"), or a device");
  }
  if (takes(takes_set))
    app.add_flag("--noprobe", invocation.write_only, "write the overrides, and ask no driver");
  if (takes(takes_save))
    app.add_flag("--force", invocation.force, "also save what \"set\" would refuse now");
  if (takes(takes_set) || takes(takes_save))
    app.add_option("RULES", invocation.words, "rules, as on the kernel command line")->required();
  if (takes(takes_devices)) {
    auto* all = app.add_flag("--all", invocation.all, "all of them");
    app.add_option("DEVICE", invocation.words,
                   "BUS,NAME, a PCI address, a network interface or a node in /dev")
        ->excludes(all);
  }
  if (takes(takes_words))
    app.add_option("DEVICE DRIVER", invocation.words,
                   "devices (BUS,NAME, a PCI address, a network interface, a node in /dev), and "
                   "the driver")
        ->required()
        ->expected(2, 1024);
}

/// Why a root cannot be used; empty if it can.
std::string root_fault(const std::string& root) {
  const driver_override::Descriptor directory(
      ::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (directory.number() >= 0) return {};
  const std::string name = driver_override::in_quotes(root);
  return errno == ENOENT ? "--root: no such directory " + name
                         : "--root: " + name + ": " + std::strerror(errno);
}

/// From here on a closed pipe is an error like others.
void outlive_listeners() {
  (void)std::signal(SIGPIPE, SIG_IGN);
}

/// A child that cannot be killed must not hold a file that somebody waits for.
void drop_inherited_files() {
  constexpr int first = STDERR_FILENO + 1;
  if (::close_range(first, ~0U, 0) == 0) return;
  // Before Linux 5.9.
  std::error_code error;
  for (const std::string& name : driver_override::Root().list("proc/self/fd", error)) {
    int number = 0;
    (void)std::from_chars(name.data(), name.data() + name.size(), number);
    if (number >= first) ::close(number);
  }
  if (!error) return;
  constexpr rlim_t most = 65536;  // the limit may be 2^30, which would take minutes
  rlimit limit{};
  (void)::getrlimit(RLIMIT_NOFILE, &limit);
  for (rlim_t number = first; number < std::min(limit.rlim_cur, most); ++number)
    ::close(static_cast<int>(number));
}

/// Without the system call that keeps links below it, every root but `/` would look empty.
bool can_look_into(const std::string& root) {
  const std::error_code error = driver_override::Root(root).usable();
  const bool is_missing =
      error == std::errc::function_not_supported || error == std::errc::operation_not_permitted;
  if (is_missing)
    driver_override::print_error("--root needs Linux 5.6 (openat2): " + error.message());
  return !is_missing;
}

/// Runs a command that changes the system.
Exit run_change(Exit (*command)(const Invocation&), const Invocation& invocation) {
  outlive_listeners();
  const std::string fault = driver_override::missing_privilege(invocation.root);
  if (fault.empty()) return command(invocation);
  driver_override::print_error(fault);
  return Exit::failed;
}

Exit run_with_options(const Command& command, int argc, char** argv) {
  Arguments arguments;
  CLI::App app(std::string("driver-override: ") + command.summary,
               "driver-override " + std::string(command.name));
  add_options(app, command, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {
    return static_cast<Exit>(app.exit(wanted));
  } catch (const CLI::ParseError& error) {
    return usage(error.what(), hint_for_options(app, argc, argv));
  }
  Invocation& invocation = arguments.invocation;
  const auto takes = [&](Takes what) { return (command.takes & what) != 0; };
  if (const std::string fault = root_fault(invocation.root); !fault.empty()) return usage(fault);
  invocation.late = arguments.udev || (takes(takes_apply) && !invocation.words.empty());
  if (takes(takes_devices) && invocation.words.empty() && !invocation.all)
    return usage("expected a device, or --all");
  if (std::isnan(arguments.timeout)) return usage("--timeout: expected a number of seconds");
  if (arguments.timeout > 0)
    arguments.invocation.deadlines = driver_override::Deadlines::for_step(
        std::chrono::milliseconds(std::lround(arguments.timeout * 1000)));
  // Below udev's own limit of 180 s for an event.
  if (arguments.udev) invocation.deadlines.linger = std::chrono::seconds(150);
  driver_override::Request& request = arguments.invocation.request;
  request.command_line = arguments.command_line;
  if (arguments.file) {
    std::error_code error;
    request.command_line =
        driver_override::command_line_in(read_named_file(*arguments.file, error));
    if (error) return usage(*arguments.file + ": " + std::strerror(error.value()));
  }
  drop_inherited_files();
  if (!can_look_into(invocation.root)) return Exit::failed;
  const bool in_place =
      (command.takes & takes_rules) != 0 && !request.arguments.empty() && !request.command_line;
  request.arguments_only = arguments.only || in_place;
  return command.effect == Effect::changes ? run_change(command.run, invocation)
                                           : command.run(invocation);
}

Exit unknown_command(const std::string& name) {
  std::vector<std::string_view> names;
  for (const Command& command : commands) names.push_back(command.name);
  return usage("unknown command \"" + name + "\"", driver_override::command_hint(name, names));
}

/// "help COMMAND"
Exit run_help(const std::string& name) {
  std::string word = name;
  std::string option = "--help";
  std::array<char*, 3> words = {word.data(), option.data(), nullptr};
  for (const Command& command : commands)
    if (command.name == name) return run_with_options(command, 2, words.data());
  return unknown_command(name);
}

Exit run(int argc, char** argv) {
  const std::string_view name = argc > 1 ? argv[1] : "";
  // The early path pays for no option parser.
  if (argc == 2 && name == "apply") {
    drop_inherited_files();
    return run_change(driver_override::apply, {});
  }
  if (name == "help" && argc > 2) return run_help(argv[2]);
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
  return unknown_command(std::string(name));
}

/// Puts a placeholder where a standard descriptor is closed: the next file that is opened would get
/// its number, and a child replaces it (hook/child.cpp, detach). Its reads and writes fail, as
/// before.
void occupy_standard_descriptors() {
  int number = 0;
  do number = ::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  while (number >= 0 && number <= STDERR_FILENO);
  if (number >= 0) ::close(number);
}

/// Why not all that was printed has been written; empty if it has. A buffer that could not be
/// written is dropped, and the next one may be written (glibc, _IO_new_file_xsputn): only the
/// stream's error tells.
std::string output_fault() {
  if (std::fflush(stdout) != 0) return std::strerror(errno);
  return std::ferror(stdout) != 0 ? "not all of it could be written" : std::string();
}

}  // namespace

int main(int argc, char** argv) {
  occupy_standard_descriptors();
  // Whatever the caller has set: children are waited for, and a closed pipe ends what only prints.
  (void)std::signal(SIGCHLD, SIG_DFL);
  (void)std::signal(SIGPIPE, SIG_DFL);
  // What is kept in /run and /etc is for everybody to read.
  (void)::umask(S_IWGRP | S_IWOTH);
  try {
    const Exit exit = run(argc, argv);
    const std::string fault = output_fault();
    if (fault.empty()) return static_cast<int>(exit);
    driver_override::print_error("standard output: " + fault);
    return static_cast<int>(Exit::failed);
  } catch (const std::exception& error) {
    driver_override::print_error(error.what());
    return static_cast<int>(Exit::failed);
  }
}
