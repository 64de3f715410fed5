// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/command_table.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <vector>

#include "hook/root.hpp"
#include "parser/printable.hpp"
#include "tool/advice/command_names.hpp"
#include "tool/command_options.hpp"
#include "tool/inheritance.hpp"
#include "tool/machine/privilege.hpp"
#include "tool/option_table.hpp"
#include "tool/standard_output.hpp"
#include "tool/view/messages.hpp"

namespace driver_override {
namespace {

enum class Effect {
  prints,  ///< a closed pipe ends it, as it ends other tools
  changes  ///< it goes on to its end, whoever listens
};

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
Exit run_command_that_changes(Exit (*command)(const Options&), const Options& options) {
  outlive_readers_of_standard_output();
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
  return effect == Effect::changes ? run_command_that_changes(command, options) : command(options);
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
std::vector<OptionTable::Entry> options_of_command_in_table() {
  Options options;
  OptionTable table;
  fill_command_table(table, options);
  return table.options();
}

template <typename Options, Exit (*command)(const Options&), Effect effect>
Exit run_command_with_options(const Command& self, int argc, char** argv) {
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
  return {name, summary, &run_command_with_options<Options, command, Effect::prints>,
          &options_of_command_in_table<Options>};
}

template <typename Options, Exit (*command)(const Options&)>
constexpr Command changing_command(std::string_view name, const char* summary) {
  return {name, summary, &run_command_with_options<Options, command, Effect::changes>,
          &options_of_command_in_table<Options>};
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

Exit report_command_not_in_table(const std::string& name) {
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
                            : report_command_not_in_table(name);
}

Exit apply_without_options() {
  drop_inherited_files();
  return run_command_that_changes(apply, ApplyOptions{});
}

}  // namespace driver_override
