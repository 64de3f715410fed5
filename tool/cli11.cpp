// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/cli11.hpp"

#ifdef DRIVER_OVERRIDE_CLI11_IN_PARTS

namespace CLI {

// Every App makes an object of this class, and CLI/Config.hpp would define its members.
std::string ConfigBase::to_config(const App* /*app*/, bool /*default_also*/,
                                  bool /*write_description*/, std::string /*prefix*/) const {
  return {};
}

std::vector<ConfigItem> ConfigBase::from_config(std::istream& /*input*/) const {
  return {};
}

}  // namespace CLI

#endif
