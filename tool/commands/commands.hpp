// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands, one source file each. A new command gets its line here and in main.cpp.
#pragma once

#include <string>
#include <vector>

#include "hook/configuration.hpp"
#include "hook/steps.hpp"

namespace driver_override {

/// Exit statuses of the program.
enum class Exit {
  done = 0,    ///< done, or nothing to do
  failed = 1,  ///< a rule or a device failed; the rest was done
  usage = 2    ///< wrong usage
};

/// What every command is given.
struct Invocation {
  std::string root = "/";
  Request request;
  std::vector<std::string> words;  ///< what a command is given besides rules
  bool json = false;
  bool finish = false;      ///< go on where the initramfs ended
  bool late = false;        ///< only `words`, or what udev names: devices that have just appeared
  bool force = false;       ///< also what is in use
  bool all = false;         ///< in place of `words`: everything
  bool write_only = false;  ///< ask no driver
  bool overridden = false;  ///< only devices that have an override
  bool strict = false;      ///< a warning is a failure
  bool groups = false;      ///< list by IOMMU group
  bool tree = false;        ///< list as the paths go
  Deadlines deadlines{};
};

/// The early hook: reads the rules, plans, writes, loads modules, binds, verifies, records,
/// reports. With `finish`, in the real root: what is left of it. With `late`: one device.
Exit apply(const Invocation& invocation);

/// Parses only: findings to standard error and the rules that stand to standard output, or with
/// `json` both to standard output.
Exit check(const Invocation& invocation);

/// Applies rules to the devices that are there, and keeps them in force for the rest of the boot.
Exit set(const Invocation& invocation);

/// Gives devices back to their own drivers, and keeps rules from taking them again in this boot.
Exit clear(const Invocation& invocation);

/// Writes rules to a drop-in file, for later boots; touches no device. Without `force` nothing that
/// `set` would refuse now.
Exit save(const Invocation& invocation);

/// Takes them out again.
Exit forget(const Invocation& invocation);

/// Shows for each rule in force what became of its devices, as sysfs has it now.
Exit status(const Invocation& invocation);

/// Prints the modules that the rules need, one a line. A bad rule is passed over in silence, as
/// `check` and the boot speak of it.
Exit modules(const Invocation& invocation);

/// A dry run of a boot: what each rule takes, what would be done, what would go wrong. Reports the
/// kill switch without obeying it.
Exit plan(const Invocation& invocation);

/// Prints the devices that take an override.
Exit list(const Invocation& invocation);

/// Prints the most robust parameter for each device; `words` are devices and, last, a driver.
Exit suggest(const Invocation& invocation);

/// Prints what peers have saved as rules.
Exit convert(const Invocation& invocation);

}  // namespace driver_override
