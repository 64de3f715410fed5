// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/privilege.hpp"

#include <unistd.h>

namespace driver_override {

std::string missing_privilege(const std::string& root) {
  if (root != "/" || ::geteuid() == 0) return {};
  return "only root may change the system: run it as root";
}

}  // namespace driver_override
