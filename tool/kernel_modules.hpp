// SPDX-License-Identifier: LGPL-2.1-or-later
// Which modules the root's kernel has, from its modules.dep and modules.builtin.
#pragma once

#include <set>
#include <string>

#include "hook/root.hpp"

namespace driver_override {

class KernelModules {
 public:
  /// Reads the lists of the kernel that /proc/sys/kernel/osrelease names.
  explicit KernelModules(const Root& root);

  /// False where the lists could not be read: then nothing can be said.
  [[nodiscard]] bool known() const { return !names_.empty(); }

  /// True where there is such a module, loadable or built in; `-` and `_` are equal.
  [[nodiscard]] bool has(const std::string& name) const;

 private:
  void read(const Root& root, const std::string& path);

  std::set<std::string> names_;
};

}  // namespace driver_override
