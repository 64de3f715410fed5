// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands and what each is given, one source file each. A new command gets its line here and
// in tool/command_table.cpp.
#pragma once

#include <string>
#include <vector>

#include "hook/configuration.hpp"
#include "hook/steps.hpp"
#include "tool/advice/completion.hpp"

namespace driver_override {

/// Exit statuses of the program.
enum class Exit {
  done = 0,    ///< done, or nothing to do
  failed = 1,  ///< a rule or a device failed; the rest was done
  usage = 2    ///< wrong usage
};

/// What every command is given.
struct CommonOptions {
  std::string root = "/";  ///< the directory below which every path lies
};

/// What a command is given that asks drivers to do something.
struct StepOptions {
  bool force = false;  ///< also what is in use
  Deadlines deadlines{};
};

struct ApplyOptions : CommonOptions, StepOptions {
  Request request;
  bool finish = false;               ///< in the real root: go on where the initramfs ended
  bool udev = false;                 ///< only the device that udev's environment names
  std::vector<std::string> devices;  ///< only these, which have just appeared
};

/// The early hook: reads the rules, plans, writes, loads modules, binds, verifies, records,
/// reports. With `finish`, in the real root: what is left of it. With `udev` or `devices`: those.
Exit apply(const ApplyOptions& options);

struct CheckOptions : CommonOptions {
  Request request;
  bool json = false;
};

/// Parses only: messages to standard error and the good rules to standard output, or with `json`
/// both to standard output.
Exit check(const CheckOptions& options);

struct PlanOptions : CommonOptions {
  Request request;
  bool json = false;
  bool strict = false;  ///< a warning is a failure too
};

/// A dry run of a boot: what each rule takes, what would be done, what would go wrong. Reports the
/// kill switch without obeying it.
Exit plan(const PlanOptions& options);

struct StatusOptions : CommonOptions {
  bool json = false;
};

/// Shows for each rule in force what became of its devices, as sysfs has it now.
Exit status(const StatusOptions& options);

struct SetOptions : CommonOptions, StepOptions {
  std::vector<std::string> rules;
  bool write_only = false;  ///< ask no driver
};

/// Applies rules to the devices that are there, and keeps them in force for the rest of the boot.
Exit set(const SetOptions& options);

struct ClearOptions : CommonOptions, StepOptions {
  std::vector<std::string> devices;
  bool all = false;  ///< in place of `devices`: all of them
};

/// Gives devices back to their own drivers, and keeps rules from taking them again in this boot.
Exit clear(const ClearOptions& options);

struct SaveOptions : CommonOptions {
  std::vector<std::string> rules;
  bool force = false;  ///< also what `set` would refuse now
  bool trial = false;  ///< the rules get the option trial
};

/// Writes rules to a drop-in file, for later boots; touches no device.
Exit save(const SaveOptions& options);

struct ForgetOptions : CommonOptions {
  std::vector<std::string> devices;
  bool all = false;  ///< in place of `devices`: all of them
};

/// Removes saved rules.
Exit forget(const ForgetOptions& options);

struct ConfirmOptions : CommonOptions {
  bool if_held = false;  ///< only what has held in this boot
};

/// Keeps the rules on trial for later boots.
Exit confirm(const ConfirmOptions& options);

struct ListOptions : CommonOptions {
  bool json = false;
  bool overridden = false;         ///< only devices that have an override
  bool groups = false;             ///< by IOMMU group
  bool tree = false;               ///< as the paths of rules go
  std::vector<std::string> words;  ///< only these buses, classes and devices; none: all
};

/// Prints the devices that take an override.
Exit list(const ListOptions& options);

struct SnapshotOptions : CommonOptions {
  std::vector<std::string> words;  ///< the folder to write to; it is not below the root
};

/// Copies what the other commands read of this machine, as plain files, to be used by `--root`.
Exit snapshot(const SnapshotOptions& options);

struct SuggestOptions : CommonOptions {
  std::vector<std::string> words;  ///< devices and, last, a driver
};

/// Prints the most robust parameter for each device.
Exit suggest(const SuggestOptions& options);

struct ConvertOptions : CommonOptions {
  Request request;
};

/// Prints what peers have saved as rules.
Exit convert(const ConvertOptions& options);

struct ModulesOptions : CommonOptions {
  Request request;
};

/// Prints the modules that the rules need, one per line. Skips bad rules silently: `check` and the
/// boot report them.
Exit modules(const ModulesOptions& options);

struct CompleteOptions : CommonOptions {
  std::vector<std::string> words;  ///< the command line behind the program; the last is being typed
  std::vector<Candidate> commands;  ///< all there are
  std::vector<Candidate> options;   ///< those of the command that the words begin with
  std::vector<std::string> valued;  ///< those options whose value is the next word
};

/// Prints what a shell may put in place of the last word: a word a line, and behind a tab what it
/// is.
Exit complete(const CompleteOptions& options);

}  // namespace driver_override
