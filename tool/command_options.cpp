// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/command_options.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <system_error>

#include "hook/root.hpp"
#include "parser/printable.hpp"
#include "tool/machine/boot_file.hpp"

namespace driver_override {
namespace {

/// Reads a command line from a file that the caller named; `-` is standard input.
///
/// \return  why it cannot be read; empty if it was
std::string command_line_file_for_command(const std::string& name,
                                          std::optional<std::string>& command_line) {
  const Descriptor file(name == "-" ? ::dup(STDIN_FILENO)
                                    : ::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  std::error_code error;
  if (file.number() < 0) error = {errno, std::generic_category()};
  if (!error) command_line = command_line_in(read_all(file, error));
  return error ? printable(name) + ": " + std::strerror(error.value()) : std::string();
}

void add_source_options_of_command(OptionTable& table, Request& request) {
  const auto take = [&](const std::string& text) {
    request.command_line = text;
    return std::string();
  };
  const auto read = [&](const std::string& name) {
    return command_line_file_for_command(name, request.command_line);
  };
  table.add_value("cmdline", "TEXT", take, "read TEXT, not /proc/cmdline");
  table.add_value("cmdline-file", "FILE", read,
                  "read FILE, not /proc/cmdline; - is standard input. /etc/default/grub and loader "
                  "entries are read as they are written");
  table.exclude("cmdline", "cmdline-file");
}

void add_json_option_of_command(OptionTable& table, bool& json) {
  table.add_flag("json", json, "print JSON");
}

/// The number of seconds that a text says as a whole; none if it is out of range.
std::optional<std::chrono::milliseconds> seconds_of_command_option(const std::string& text) {
  char* end = nullptr;
  const double seconds = std::strtod(text.c_str(), &end);
  // A comparison with "not a number" is false.
  const bool is_in_range = seconds >= 0.1 && seconds <= 3600;
  if (text.empty() || *end != '\0' || !is_in_range) return {};
  return std::chrono::milliseconds(std::lround(seconds * 1000));
}

void add_step_options_of_command(OptionTable& table, StepOptions& options) {
  table.add_flag("force", options.force, "also take a device that is in use");
  const auto take = [&](const std::string& text) -> std::string {
    const auto limit = seconds_of_command_option(text);
    if (!limit) return "--timeout: expected seconds, from 0.1 to 3600, found " + in_quotes(text);
    options.deadlines = Deadlines::for_step(*limit);
    return {};
  };
  table.add_value("timeout", "SECONDS", take,
                  "set the time limit per step, from 0.1 to 3600 (10); the whole run ends after "
                  "2.5 times it");
}

void add_rules_option_of_command(OptionTable& table, std::vector<std::string>& rules) {
  table.add_words("RULES", rules, "rules, as on the kernel command line", 1);
}

void add_device_options_of_command(OptionTable& table, std::vector<std::string>& devices,
                                   bool& all) {
  table.add_words("DEVICE", devices,
                  "BUS,NAME, a PCI address, a network interface or a node in /dev");
  table.add_flag("all", all, "all of them");
  table.exclude("all", "DEVICE");
  table.add_check([&]() -> std::string {
    return devices.empty() && !all ? "expected a device, or --all" : "";
  });
}

}  // namespace

void add_options(OptionTable& table, ApplyOptions& options) {
  add_source_options_of_command(table, options.request);
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
  add_step_options_of_command(table, options);
  // Below udev's own limit of 180 s for an event.
  table.add_check([&] {
    if (options.udev) options.deadlines.linger = std::chrono::seconds(150);
    return std::string();
  });
}

void add_options(OptionTable& table, CheckOptions& options) {
  add_source_options_of_command(table, options.request);
  add_json_option_of_command(table, options.json);
  table.add_words("RULES", options.request.arguments,
                  "read these rules or parameters, not the configured ones");
  table.add_check([&] {
    Request& request = options.request;
    request.arguments_only = !request.arguments.empty() && !request.command_line;
    return std::string();
  });
}

void add_options(OptionTable& table, PlanOptions& options) {
  add_source_options_of_command(table, options.request);
  add_json_option_of_command(table, options.json);
  table.add_words("RULES", options.request.arguments,
                  "read these rules or parameters after the configured ones");
  table.add_flag("only", options.request.arguments_only, "leave the configured rules out");
  table.add_flag("strict", options.strict, "exit with status 1 on a warning too");
}

void add_options(OptionTable& table, StatusOptions& options) {
  add_json_option_of_command(table, options.json);
}

void add_options(OptionTable& table, SetOptions& options) {
  add_step_options_of_command(table, options);
  table.add_flag("noprobe", options.write_only, "write the overrides, and ask no driver");
  add_rules_option_of_command(table, options.rules);
}

void add_options(OptionTable& table, ClearOptions& options) {
  add_step_options_of_command(table, options);
  add_device_options_of_command(table, options.devices, options.all);
}

void add_options(OptionTable& table, SaveOptions& options) {
  table.add_flag("force", options.force, "also save what \"set\" would refuse now");
  table.add_flag("trial", options.trial, "for one boot, until \"confirm\" is run in it");
  add_rules_option_of_command(table, options.rules);
}

void add_options(OptionTable& table, ForgetOptions& options) {
  add_device_options_of_command(table, options.devices, options.all);
}

void add_options(OptionTable& table, ConfirmOptions& options) {
  table.add_flag("if-held", options.if_held, "only rules that have held in this boot");
}

void add_options(OptionTable& table, ListOptions& options) {
  add_json_option_of_command(table, options.json);
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
  add_source_options_of_command(table, options.request);
}

void add_options(OptionTable& table, ModulesOptions& options) {
  add_source_options_of_command(table, options.request);
}

void add_options(OptionTable& table, CompleteOptions& options) {
  table.add_words("WORD", options.words, "the command line so far, without the program's name");
}

/// Why a root cannot be used; empty if it can.

}  // namespace driver_override
