// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdio>

#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/advice/boot_loader.hpp"
#include "tool/commands/commands.hpp"
#include "tool/view/json.hpp"
#include "tool/view/messages.hpp"

namespace driver_override {
namespace {

/// "BUS DEVICE, DEVICE -> DRIVER", one rule a line, with where it stands.
void print_rules(const Configuration& configuration) {
  if (!configuration.enabled)
    std::printf("%s; no rule would be applied\n", disabled_text(configuration).c_str());
  for (std::size_t i = 0; i < configuration.rules.size(); ++i) {
    const Rule& rule = configuration.rules[i];
    if (rule.bad) continue;
    std::string devices;
    for (const DevicePattern& device : rule.devices)
      devices += (devices.empty() ? "" : ", ") + printable(device.text);
    const std::string driver =
        rule.driver.empty() ? "left alone" : "driver " + printable(rule.driver);
    std::printf("%s %s: %s%s (%s)\n", printable(rule.bus).c_str(), devices.c_str(), driver.c_str(),
                printable(to_text(rule.options)).c_str(), place_of(configuration, i).c_str());
  }
}

}  // namespace

Exit check(const Invocation& invocation) {
  Configuration configuration = read_configuration(Root(invocation.root), invocation.request);
  const bool has_booted = !invocation.request.command_line && !invocation.request.arguments_only &&
                          invocation.root == "/";
  for (Message& message : advise_on_boot_loader(configuration, {running_machine(), has_booted}))
    configuration.messages.push_back(std::move(message));
  if (invocation.json) {
    std::printf("%s\n", check_as_json(configuration).c_str());
  } else {
    print_messages(configuration);
    print_rules(configuration);
  }
  return has_errors(configuration) ? Exit::failed : Exit::done;
}

}  // namespace driver_override
