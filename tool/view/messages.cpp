// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/messages.hpp"

#include <cstdio>

#include "parser/message.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

void print_lines(Severity severity, const std::vector<std::string>& lines) {
  std::fprintf(stderr, "driver-override: %s: ", severity_name(severity).data());
  for (const std::string& line : lines) std::fprintf(stderr, "%s\n", printable(line).c_str());
}

}  // namespace

void print(const Message& message) {
  print_lines(message.severity, render(message, {}, {}));
}

void print(const Configuration& configuration, const std::vector<Message>& messages) {
  for (const Message& message : messages)
    print_lines(message.severity, render(configuration, message));
}

void print_error(const std::string& text, const std::string& hint) {
  print(Message{Severity::error, text, hint});
}

void print_messages(const Configuration& configuration) {
  print(configuration, configuration.messages);
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

std::string place_of(const Configuration& configuration, std::size_t rule) {
  const Source& source = configuration.sources[configuration.rule_sources[rule]];
  std::string name = printable(source.name);
  if (name.substr(0, 1) == "/") return name;
  return name + ", byte " + std::to_string(configuration.rules[rule].span.offset);
}

}  // namespace driver_override
