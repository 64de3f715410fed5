// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/messages.hpp"

#include <cstdio>

namespace driver_override {
namespace {

void print(Severity severity, const std::string& message, const std::string& hint) {
  std::fprintf(stderr, "driver-override: %s: %s\n", severity_name(severity).data(),
               message.c_str());
  if (!hint.empty()) std::fprintf(stderr, "  hint: %s\n", hint.c_str());
}

}  // namespace

void print_findings(const Configuration& configuration) {
  for (const std::string& message : configuration.unreadable)
    std::fprintf(stderr, "driver-override: error: %s\n", printable(message).c_str());
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

std::string no_row_text(const Plan& plan, std::size_t rule) {
  for (const Plan::Overruled& one : plan.overruled) {
    if (one.rule != rule) continue;
    const std::size_t more = one.devices.size() - 1;
    return "no device left: a later rule decides about " + to_text(one.devices.front()) +
           (more > 0 ? " and " + std::to_string(more) + " more" : std::string());
  }
  return "no device";
}

void print_error(const std::string& message, const std::string& hint) {
  print(Severity::error, message, hint);
}

void print_advice(const std::vector<Advice>& advice) {
  for (const Advice& one : advice) print(Severity::warning, one.message, one.hint);
}

std::string place_of(const Configuration& configuration, std::size_t rule) {
  const Source& source = configuration.sources[configuration.rule_sources[rule]];
  std::string name = printable(source.name);
  if (name.substr(0, 1) == "/") return name;
  return name + ", byte " + std::to_string(configuration.rules[rule].span.offset);
}

}  // namespace driver_override
