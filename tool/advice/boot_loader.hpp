// SPDX-License-Identifier: LGPL-2.1-or-later
// What a boot loader or the kernel would break in a command line, and names in it that look
// misspelt. Warnings only, for `check`; nothing here decides what a rule means.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hook/configuration.hpp"
#include "parser/message.hpp"

namespace driver_override {

/// The machine that boots a command line.
struct BootTarget {
  std::string machine;  ///< as uname(2) names it, such as "x86_64"
  /// The configuration's command line is the one that the kernel has booted with: whatever a boot
  /// loader might have broken in it has come through, and is not warned of.
  bool has_booted = false;
};

/// The machine that this program runs on, from uname(2).
std::string machine_of_boot_loader();

/// How many bytes of a command line a kernel of that architecture keeps.
std::size_t boot_loader_limit(std::string_view machine);

/// Warnings about the command line and the arguments of a configuration, with their excerpts;
/// for misspelt buses about every source.
std::vector<Message> advise_on_boot_loader(const Configuration& configuration,
                                           const BootTarget& target);

}  // namespace driver_override
