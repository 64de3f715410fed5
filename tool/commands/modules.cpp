// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/modules.hpp"

#include <cstdio>

#include "parser/printable.hpp"
#include "tool/commands/commands.hpp"

namespace driver_override {

Exit modules(const ModulesOptions& options) {
  const Configuration configuration = read_configuration(Root(options.root), options.request);
  for (const std::string& module : modules_of(configuration.rules))
    // A name with a blank would become several words to an image builder, and none has a control
    // character.
    if (module.find(' ') == std::string::npos && printable(module) == module)
      std::printf("%s\n", module.c_str());
  return has_configuration_errors(configuration) ? Exit::failed : Exit::done;
}

}  // namespace driver_override
