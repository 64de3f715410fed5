// SPDX-License-Identifier: LGPL-2.1-or-later
// Which modules the root's kernel has, from its modules.dep and modules.builtin.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hook/root.hpp"

namespace driver_override {

/// Where the modules may lie of the kernel that /proc/sys/kernel/osrelease names; none if it names
/// none.
std::vector<std::string> module_folders(const Root& root);

class KernelModules {
 public:
  /// Reads the lists of the kernel that /proc/sys/kernel/osrelease names.
  explicit KernelModules(const Root& root);

  /// False if the lists could not be read: then nothing can be said.
  [[nodiscard]] bool known() const { return !loadable_.empty() || !built_in_.empty(); }

  /// True if there is such a module, loadable or built in; `-` and `_` are the same.
  [[nodiscard]] bool has(const std::string& name) const;

  /// The file of a loadable module, below the root; empty if it is built in or there is none.
  [[nodiscard]] std::string file(const std::string& name) const;

 private:
  std::vector<std::string> loadable_;  ///< files, below the root
  std::vector<std::string> built_in_;  ///< files that are not there
};

}  // namespace driver_override
