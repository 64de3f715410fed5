// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/command_table.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <system_error>
#include <vector>

#include "hook/root.hpp"
#include "parser/printable.hpp"
#include "tool/advice/command_names.hpp"
#include "tool/machine/boot_file.hpp"
#include "tool/machine/privilege.hpp"
#include "tool/option_table.hpp"
#include "tool/process.hpp"
#include "tool/view/messages.hpp"

namespace driver_override {
namespace {

enum class Effect {
  prints,  ///< a closed pipe ends it, as it ends other tools
  changes  ///< it goes on to its end, whoever listens
};

/// Reads a command line from a file that the caller named; `-` is standard input.
///
/// \return  why it cannot be read; empty if it was
std::string read_command_line_file(const std::string& name,
                                   std::optional<std::string>& command_line) {
  const Descriptor file(name == "-" ? ::dup(STDIN_FILENO)
                                    : ::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  std::error_code error;
  if (file.number() < 0) error = {errno, std::generic_category()};
  if (!error) command_line = command_line_in(read_all(file, error));
  return error ? printable(name) + ": " + std::strerror(error.value()) : std::string();
}

void add_sources(OptionTable& table, Request& request) {
  const auto take = [&](const std::string& text) {
    request.command_line = text;
    return std::string();
  };
  const auto read = [&](const std::string& name) {
    return read_command_line_file(name, request.command_line);
  };
  table.add_value("cmdline", "TEXT", take, "read TEXT, not /proc/cmdline");
  table.add_value("cmdline-file", "FILE", read,
                  "read FILE, not /proc/cmdline; - is standard input. /etc/default/grub and loader "
                  "entries are read as they are written");
  table.exclude("cmdline", "cmdline-file");
}

void add_json(OptionTable& table, bool& json) {
  table.add_flag("json", json, "print JSON");
}

/// The number of seconds that a text says as a whole; none if it is out of range.
std::optional<std::chrono::milliseconds> seconds_option(const std::string& text) {
  char* end = nullptr;
  const double seconds = std::strtod(text.c_str(), &end);
  // A comparison with "not a number" is false.
  const bool is_in_range = seconds >= 0.1 && seconds <= 3600;
  if (text.empty() || *end != '\0' || !is_in_range) return {};
  return std::chrono::milliseconds(std::lround(seconds * 1000));
}

void add_steps(OptionTable& table, StepOptions& options) {
  table.add_flag("force", options.force, "also take a device that is in use");
  const auto take = [&](const std::string& text) -> std::string {
    const auto limit = seconds_option(text);
    if (!limit) return "--timeout: expected seconds, from 0.1 to 3600, found " + in_quotes(text);
    options.deadlines = Deadlines::for_step(*limit);
    return {};
  };
  table.add_value("timeout", "SECONDS", take,
                  "set the time limit per step, from 0.1 to 3600 (10); the whole run ends after "
                  "2.5 times it");
}

void add_rules(OptionTable& table, std::vector<std::string>& rules) {
  table.add_words("RULES", rules, "rules, as on the kernel command line", 1);
}

void add_devices(OptionTable& table, std::vector<std::string>& devices, bool& all) {
  table.add_words("DEVICE", devices,
                  "BUS,NAME, a PCI address, a network interface or a node in /dev");
  table.add_flag("all", all, "all of them");
  table.exclude("all", "DEVICE");
  table.add_check([&]() -> std::string {
    return devices.empty() && !all ? "expected a device, or --all" : "";
  });
}

// The options of each command, in the order of its help.

void add_options(OptionTable& table, ApplyOptions& options) {
  add_sources(table, options.request);
  table.add_flag("finish", options.finish, "in the real root: go on where the initramfs ended");
  table.add_flag("udev", options.udev,
                 "only the device that udev names (SUBSYSTEM, DEVPATH), which has just appeared");
  const auto take = [&](const std::string& device) {
    options.devices.push_back(device);
    return std::string();
  };
  table.add_value("device", "DEVICE", take,
                  "only this device, which has just appeared; can be given more than once",
                  OptionTable::Count::often);
  add_steps(table, options);
  // Below udev's own limit of 180 s for an event.
  table.add_check([&] {
    if (options.udev) options.deadlines.linger = std::chrono::seconds(150);
    return std::string();
  });
}

void add_options(OptionTable& table, CheckOptions& options) {
  add_sources(table, options.request);
  add_json(table, options.json);
  table.add_words("RULES", options.request.arguments,
                  "read these rules or parameters, not the configured ones");
  table.add_check([&] {
    Request& request = options.request;
    request.arguments_only = !request.arguments.empty() && !request.command_line;
    return std::string();
  });
}

void add_options(OptionTable& table, PlanOptions& options) {
  add_sources(table, options.request);
  add_json(table, options.json);
  table.add_words("RULES", options.request.arguments,
                  "read these rules or parameters after the configured ones");
  table.add_flag("only", options.request.arguments_only, "leave the configured rules out");
  table.add_flag("strict", options.strict, "exit with status 1 on a warning too");
}

void add_options(OptionTable& table, StatusOptions& options) {
  add_json(table, options.json);
}

void add_options(OptionTable& table, SetOptions& options) {
  add_steps(table, options);
  table.add_flag("noprobe", options.write_only, "write the overrides, and ask no driver");
  add_rules(table, options.rules);
}

void add_options(OptionTable& table, ClearOptions& options) {
  add_steps(table, options);
  add_devices(table, options.devices, options.all);
}

void add_options(OptionTable& table, SaveOptions& options) {
  table.add_flag("force", options.force, "also save what \"set\" would refuse now");
  table.add_flag("trial", options.trial, "for one boot, until \"confirm\" is run in it");
  add_rules(table, options.rules);
}

void add_options(OptionTable& table, ForgetOptions& options) {
  add_devices(table, options.devices, options.all);
}

void add_options(OptionTable& table, ConfirmOptions& options) {
  table.add_flag("if-held", options.if_held, "only rules that have held in this boot");
}

void add_options(OptionTable& table, ListOptions& options) {
  add_json(table, options.json);
  table.add_flag("overridden", options.overridden, "only those that have an override");
  table.add_flag("groups", options.groups, "by IOMMU group");
  table.add_flag("tree", options.tree, "as the paths of rules go");
  table.exclude("groups", "tree");
  table.add_words("DEVICE", options.words,
                  "only these: a bus, a class (\"VGA\", \"03\"), or a device");
}

void add_options(OptionTable& table, SnapshotOptions& options) {
  table.add_words("DIR", options.words, "a folder that is empty, or not there yet", 1);
  table.add_check(
      [&]() -> std::string { return options.words.size() > 1 ? "expected one DIR" : ""; });
}

void add_options(OptionTable& table, SuggestOptions& options) {
  table.add_words("DEVICE DRIVER", options.words,
                  "devices (BUS,NAME, a PCI address, a network interface, a node in /dev, a path "
                  "in /sys), and the driver",
                  2);
}

void add_options(OptionTable& table, ConvertOptions& options) {
  add_sources(table, options.request);
}

void add_options(OptionTable& table, ModulesOptions& options) {
  add_sources(table, options.request);
}

void add_options(OptionTable& table, CompleteOptions& options) {
  table.add_words("WORD", options.words, "the command line so far, without the program's name");
}

/// Why a root cannot be used; empty if it can.
std::string command_root_fault(const std::string& root) {
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
Exit run_changing(Exit (*command)(const Options&), const Options& options) {
  outlive_listeners();
  const std::string fault = missing_privilege(options.root);
  if (fault.empty()) return command(options);
  print_error(fault);
  return Exit::failed;
}

template <typename Options>
Exit run_command(Exit (*command)(const Options&), Effect effect, const Options& options) {
  if (const std::string fault = command_root_fault(options.root); !fault.empty())
    return report_usage(fault);
  drop_inherited_files();
  if (const std::string fault = missing_system_call(options.root); !fault.empty()) {
    print_error(fault);
    return Exit::failed;
  }
  return effect == Effect::changes ? run_changing(command, options) : command(options);
}

/// What every command takes, and what is its own.
template <typename Options>
void fill_command_table(OptionTable& table, Options& options) {
  const auto take_root = [&](const std::string& root) {
    options.root = root;
    return std::string();
  };
  table.add_value("root", "DIR", take_root, "the directory below which every path lies");
  add_options(table, options);
}

template <typename Options>
std::vector<OptionTable::Entry> options_of() {
  Options options;
  OptionTable table;
  fill_command_table(table, options);
  return table.options();
}

template <typename Options, Exit (*command)(const Options&), Effect effect>
Exit read_options_and_run(const Command& self, int argc, char** argv) {
  Options options;
  OptionTable table;
  fill_command_table(table, options);
  const OptionTable::Outcome outcome = table.read(argc, argv);
  const std::string name(self.name);
  if (!outcome.fault.empty()) {
    const std::string help = "see \"driver-override " + name + " --help\"";
    return report_usage(outcome.fault, outcome.hint.empty() ? help : outcome.hint);
  }
  if (outcome.wants_help) {
    table.print_help(name, self.summary);
    return Exit::done;
  }
  return run_command(command, effect, options);
}

template <typename Options, Exit (*command)(const Options&)>
constexpr Command printing_command(std::string_view name, const char* summary) {
  return {name, summary, &read_options_and_run<Options, command, Effect::prints>,
          &options_of<Options>};
}

template <typename Options, Exit (*command)(const Options&)>
constexpr Command changing_command(std::string_view name, const char* summary) {
  return {name, summary, &read_options_and_run<Options, command, Effect::changes>,
          &options_of<Options>};
}

constexpr std::array<Command, 14> commands = {{
    changing_command<ApplyOptions, apply>(
        "apply", "set the overrides that the rules name, load the drivers and bind the devices"),
    printing_command<CheckOptions, check>("check",
                                          "read the rules and report what is wrong in them"),
    printing_command<PlanOptions, plan>(
        "plan", "a dry run of a boot: what each rule takes, and what would go wrong"),
    printing_command<StatusOptions, status>("status", "what became of the rules, device by device"),
    changing_command<SetOptions, set>("set", "apply rules now, for the rest of this boot"),
    changing_command<ClearOptions, clear>("clear", "give devices back to their own drivers"),
    changing_command<SaveOptions, save>("save", "write rules to a file for later boots"),
    changing_command<ForgetOptions, forget>("forget", "take saved rules out again"),
    changing_command<ConfirmOptions, confirm>("confirm",
                                              "keep rules on trial beyond their one boot"),
    printing_command<ListOptions, list>("list", "the devices that take an override"),
    printing_command<SuggestOptions, suggest>(
        "suggest", "print the most robust parameter for a device or a whole slot"),
    printing_command<ConvertOptions, convert>(
        "convert",
        "print what driverctl, udev, vfio-pci.ids=, xen-pciback.hide= and others say as rules"),
    printing_command<ModulesOptions, modules>("modules",
                                              "print the kernel modules that the rules need"),
    printing_command<SnapshotOptions, snapshot>(
        "snapshot", "copy what the program reads of this machine, for --root elsewhere"),
}};

/// What the shells' completions call.
Exit complete_command_words(const CompleteOptions& given) {
  CompleteOptions options = given;
  for (const Command& command : commands)
    options.commands.push_back({std::string(command.name), command.summary});
  for (const char* option : {"help", "--help", "--version"})
    options.commands.push_back({option, {}});
  const Command* command = options.words.empty() ? nullptr : find_command(options.words.front());
  if (command != nullptr)
    for (const OptionTable::Entry& option : command->options()) {
      options.options.push_back({option.word, option.help});
      if (option.has_value) options.valued.push_back(option.word);
    }
  return complete(options);
}

/// No person types it, so the help does not name it.
constexpr Command completing = printing_command<CompleteOptions, complete_command_words>(
    "complete", "print what the last word of a command line may become");

}  // namespace

const Command* find_command(std::string_view name) {
  for (const Command& command : commands)
    if (command.name == name) return &command;
  return name == completing.name ? &completing : nullptr;
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
  return run_changing(apply, ApplyOptions{});
}

}  // namespace driver_override
