// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdio>

#include "tool/commands.hpp"
#include "tool/json.hpp"

namespace driver_override {
namespace {

void print_findings(const Configuration& configuration) {
  for (const std::string& message : configuration.unreadable)
    std::fprintf(stderr, "driver-override: error: %s\n", message.c_str());
  for (const Configuration::Finding& finding : configuration.findings) {
    const std::string_view severity = severity_name(finding.diagnostic.severity);
    std::fprintf(stderr, "driver-override: %.*s: ", static_cast<int>(severity.size()),
                 severity.data());
    for (const std::string& line : render(configuration, finding))
      std::fprintf(stderr, "%s\n", line.c_str());
  }
  const RuleCount rules = count_rules(configuration);
  if (rules.left_out > 0) std::fprintf(stderr, "  note: %s\n", to_text(rules).c_str());
}

/// "BUS DEVICE, DEVICE -> DRIVER", one rule a line, with where it stands.
void print_rules(const Configuration& configuration) {
  if (!configuration.enabled)
    std::printf("switched off by driver_override=off; no rule would be applied\n");
  for (std::size_t i = 0; i < configuration.rules.size(); ++i) {
    const Rule& rule = configuration.rules[i];
    if (rule.bad) continue;
    std::string devices;
    for (const DevicePattern& device : rule.devices)
      devices += (devices.empty() ? "" : ", ") + printable(device.text);
    const std::string driver =
        rule.driver.empty() ? "left alone" : "driver " + printable(rule.driver);
    std::printf("%s %s: %s (%s, byte %zu)\n", printable(rule.bus).c_str(), devices.c_str(),
                driver.c_str(), configuration.sources[configuration.rule_sources[i]].name.c_str(),
                rule.span.offset);
  }
}

}  // namespace

Exit check(const Invocation& invocation) {
  const Configuration configuration = read_configuration(Root(invocation.root), invocation.request);
  if (invocation.json) {
    std::printf("%s\n", check_as_json(configuration).c_str());
  } else {
    print_findings(configuration);
    print_rules(configuration);
  }
  return has_errors(configuration) ? Exit::failed : Exit::done;
}

}  // namespace driver_override
