// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/command_table.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <optional>
#include <system_error>
#include <vector>

#include "hook/root.hpp"
#include "parser/printable.hpp"
#include "tool/advice/command_names.hpp"
#include "tool/machine/boot_file.hpp"
#include "tool/machine/privilege.hpp"
#include "tool/process.hpp"
#include "tool/view/messages.hpp"

namespace driver_override {
namespace {

enum class Effect {
  prints,  ///< a closed pipe ends it, as it ends other tools
  changes  ///< it goes on to its end, whoever listens
};

/// Reads a command line from a file that the caller named; `-` is standard input.
std::string read_named_file(const std::string& name) {
  const Descriptor file(name == "-" ? ::dup(STDIN_FILENO)
                                    : ::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  std::error_code error;
  if (file.number() < 0) error = {errno, std::generic_category()};
  std::string text;
  if (!error) text = command_line_in(read_all(file, error));
  if (error) throw CLI::ValidationError(name, std::strerror(error.value()));
  return text;
}

void add_sources(CLI::App& app, Request& request) {
  CLI::Option* text =
      app.add_option("--cmdline", request.command_line, "read TEXT, not /proc/cmdline");
  text->type_name("TEXT");
  const auto read = [&](const std::string& name) { request.command_line = read_named_file(name); };
  app.add_option_function<std::string>(
         "--cmdline-file", read,
         "read FILE, not /proc/cmdline; - is standard input. /etc/default/grub "
         "and loader entries are read as they are written")
      ->type_name("FILE")
      ->excludes(text);
}

void add_json(CLI::App& app, bool& json) {
  app.add_flag("--json", json, "print JSON");
}

void add_steps(CLI::App& app, StepOptions& options) {
  app.add_flag("--force", options.force, "also take a device that is in use");
  const auto set = [&](double seconds) {
    if (std::isnan(seconds))
      throw CLI::ValidationError("--timeout", "expected a number of seconds");
    options.deadlines = Deadlines::for_step(std::chrono::milliseconds(std::lround(seconds * 1000)));
  };
  app.add_option_function<double>(
         "--timeout", set,
         "set the time limit per step (10); the whole run ends after 2.5 times it")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.1, 3600.0));
}

void add_rules(CLI::App& app, std::vector<std::string>& rules) {
  app.add_option("RULES", rules, "rules, as on the kernel command line")->required();
}

void add_devices(CLI::App& app, std::vector<std::string>& devices, bool& all) {
  CLI::Option* flag = app.add_flag("--all", all, "all of them");
  app.add_option("DEVICE", devices,
                 "BUS,NAME, a PCI address, a network interface or a node in /dev")
      ->excludes(flag);
  app.callback([&] {
    if (devices.empty() && !all) throw CLI::ValidationError("expected a device, or --all");
  });
}

// The options of each command, in the order of its help.

void add_options(CLI::App& app, ApplyOptions& options) {
  add_sources(app, options.request);
  app.add_flag("--finish", options.finish, "in the real root: go on where the initramfs ended");
  app.add_flag("--udev", options.udev,
               "only the device that udev names (SUBSYSTEM, DEVPATH), which has just appeared");
  app.add_option("--device", options.devices, "only this device, which has just appeared")
      ->type_name("DEVICE");
  add_steps(app, options);
  // Below udev's own limit of 180 s for an event.
  app.callback([&] {
    if (options.udev) options.deadlines.linger = std::chrono::seconds(150);
  });
}

void add_options(CLI::App& app, CheckOptions& options) {
  add_sources(app, options.request);
  add_json(app, options.json);
  app.add_option("RULES", options.request.arguments,
                 "read these rules or parameters, not the configured ones");
  app.callback([&] {
    Request& request = options.request;
    request.arguments_only = !request.arguments.empty() && !request.command_line;
  });
}

void add_options(CLI::App& app, PlanOptions& options) {
  add_sources(app, options.request);
  add_json(app, options.json);
  app.add_option("RULES", options.request.arguments,
                 "read these rules or parameters after the configured ones");
  app.add_flag("--only", options.request.arguments_only, "leave the configured rules out");
  app.add_flag("--strict", options.strict, "exit with status 1 on a warning too");
}

void add_options(CLI::App& app, StatusOptions& options) {
  add_json(app, options.json);
}

void add_options(CLI::App& app, SetOptions& options) {
  add_steps(app, options);
  app.add_flag("--noprobe", options.write_only, "write the overrides, and ask no driver");
  add_rules(app, options.rules);
}

void add_options(CLI::App& app, ClearOptions& options) {
  add_steps(app, options);
  add_devices(app, options.devices, options.all);
}

void add_options(CLI::App& app, SaveOptions& options) {
  app.add_flag("--force", options.force, "also save what \"set\" would refuse now");
  add_rules(app, options.rules);
}

void add_options(CLI::App& app, ForgetOptions& options) {
  add_devices(app, options.devices, options.all);
}

void add_options(CLI::App& app, ListOptions& options) {
  add_json(app, options.json);
  app.add_flag("--overridden", options.overridden, "only those that have an override");
  CLI::Option* groups = app.add_flag("--groups", options.groups, "by IOMMU group");
  app.add_flag("--tree", options.tree, "as the paths of rules go")->excludes(groups);
  app.add_option("DEVICE", options.words,
                 "only these: a bus, a class (\"VGA\", \"03\"), or a device");
}

void add_options(CLI::App& app, SuggestOptions& options) {
  app.add_option("DEVICE DRIVER", options.words,
                 "devices (BUS,NAME, a PCI address, a network interface, a node in /dev, a path in "
                 "/sys), and the driver")
      ->required()
      ->expected(2, 1024);
}

void add_options(CLI::App& app, ConvertOptions& options) {
  add_sources(app, options.request);
}

void add_options(CLI::App& app, ModulesOptions& options) {
  add_sources(app, options.request);
}

/// Why a root cannot be used; empty if it can.
std::string root_fault(const std::string& root) {
  const Descriptor directory(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (directory.number() >= 0) return {};
  const std::string name = in_quotes(root);
  return errno == ENOENT ? "--root: no such directory " + name
                         : "--root: " + name + ": " + std::strerror(errno);
}

/// Without the system call that keeps links below it, every root but `/` would look empty.
std::string missing_system_call(const std::string& root) {
  const std::error_code error = Root(root).usable();
  if (error != std::errc::function_not_supported && error != std::errc::operation_not_permitted)
    return {};
  return "--root needs Linux 5.6 (openat2): " + error.message();
}

template <typename Options>
Exit run_change(Exit (*command)(const Options&), const Options& options) {
  outlive_listeners();
  const std::string fault = missing_privilege(options.root);
  if (fault.empty()) return command(options);
  print_error(fault);
  return Exit::failed;
}

template <typename Options>
Exit run_command(Exit (*command)(const Options&), Effect effect, const Options& options) {
  if (const std::string fault = root_fault(options.root); !fault.empty())
    return report_usage(fault);
  drop_inherited_files();
  if (const std::string fault = missing_system_call(options.root); !fault.empty()) {
    print_error(fault);
    return Exit::failed;
  }
  return effect == Effect::changes ? run_change(command, options) : command(options);
}

/// What was meant by options that the command does not have.
std::string hint_for_options(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    names.insert(names.end(), option->get_lnames().begin(), option->get_lnames().end());
  return option_hint({argv + 1, argv + argc}, names);
}

template <typename Options, Exit (*command)(const Options&), Effect effect>
Exit read_options_and_run(const Command& self, int argc, char** argv) {
  Options options;
  CLI::App app(std::string("driver-override: ") + self.summary,
               "driver-override " + std::string(self.name));
  app.add_option("--root", options.root, "the directory below which every path lies")
      ->type_name("DIR");
  add_options(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {
    return static_cast<Exit>(app.exit(wanted));
  } catch (const CLI::ParseError& error) {
    return report_usage(error.what(), hint_for_options(app, argc, argv));
  }
  return run_command(command, effect, options);
}

template <typename Options, Exit (*command)(const Options&)>
constexpr auto printing = &read_options_and_run<Options, command, Effect::prints>;
template <typename Options, Exit (*command)(const Options&)>
constexpr auto changing = &read_options_and_run<Options, command, Effect::changes>;

constexpr std::array<Command, 12> commands = {{
    {"apply", "set the overrides that the rules name, load the drivers and bind the devices",
     changing<ApplyOptions, apply>},
    {"check", "read the rules and report what is wrong in them", printing<CheckOptions, check>},
    {"plan", "a dry run of a boot: what each rule takes, and what would go wrong",
     printing<PlanOptions, plan>},
    {"status", "what became of the rules, device by device", printing<StatusOptions, status>},
    {"set", "apply rules now, for the rest of this boot", changing<SetOptions, set>},
    {"clear", "give devices back to their own drivers", changing<ClearOptions, clear>},
    {"save", "write rules to a file for later boots", changing<SaveOptions, save>},
    {"forget", "take saved rules out again", changing<ForgetOptions, forget>},
    {"list", "the devices that take an override", printing<ListOptions, list>},
    {"suggest", "print the most robust parameter for a device or a whole slot",
     printing<SuggestOptions, suggest>},
    {"convert",
     "print what driverctl, udev, vfio-pci.ids=, xen-pciback.hide= and others say as rules",
     printing<ConvertOptions, convert>},
    {"modules", "print the kernel modules that the rules need", printing<ModulesOptions, modules>},
}};

}  // namespace

const Command* find_command(std::string_view name) {
  for (const Command& command : commands)
    if (command.name == name) return &command;
  return nullptr;
}

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
      "is.\nExit status: 0 done, 1 a rule or a device failed, 2 wrong usage.\n");
}

Exit report_usage(const std::string& fault, const std::string& hint) {
  print_error(fault, hint.empty() ? "see \"driver-override --help\"" : hint);
  return Exit::usage;
}

Exit report_unknown_command(const std::string& name) {
  std::vector<std::string_view> names;
  names.reserve(commands.size());
  for (const Command& command : commands) names.push_back(command.name);
  return report_usage("unknown command \"" + name + "\"", command_hint(name, names));
}

Exit print_help_of(const std::string& name) {
  std::string word = name;
  std::string option = "--help";
  std::array<char*, 3> words = {word.data(), option.data(), nullptr};
  const Command* command = find_command(name);
  return command != nullptr ? command->run(*command, 2, words.data())
                            : report_unknown_command(name);
}

Exit apply_without_options() {
  drop_inherited_files();
  return run_change(apply, ApplyOptions{});
}

}  // namespace driver_override
