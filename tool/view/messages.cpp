// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/messages.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "hook/match.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/view/terminal.hpp"

namespace driver_override {
namespace {

/// The lines of a message; those of its excerpt keep their columns.
void print_message_lines(const Message& message, const std::vector<std::string>& lines) {
  const Terminal terminal(STDERR_FILENO);
  const std::string start = "driver-override: ";
  std::fprintf(stderr, "%s%s: ", start.c_str(), terminal.severity(message.severity).c_str());
  const bool has_excerpt = message.place && message.place->excerpt;
  const std::size_t used = start.size() + severity_name(message.severity).size() + 2;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool keeps_columns = has_excerpt && (i == 1 || i == 2);
    const std::string line = printable(lines[i]);
    const std::string shown =
        keeps_columns ? line : terminal.wrap(line, i == 0 ? used : 0, i == 0 ? 2 : 8);
    std::fprintf(stderr, "%s\n", shown.c_str());
  }
}

/// Room for an excerpt on standard error.
std::size_t message_columns() {
  const std::size_t width = Terminal(STDERR_FILENO).width();
  return width == 0 ? widest_excerpt : std::min(width, widest_excerpt);
}

}  // namespace

void print_message(const Message& message) {
  Message without_place = message;
  without_place.place.reset();
  print_message_lines(without_place, render(without_place, {}, {}));
}

void print_messages(const Configuration& configuration, const std::vector<Message>& messages) {
  for (const Message& message : messages)
    print_message_lines(message, render(configuration, message, message_columns()));
}

void print_error(const std::string& text, const std::string& hint) {
  print_message(Message{Severity::error, text, hint});
}

void print_messages(const Configuration& configuration) {
  print_messages(configuration, configuration.messages);
  const RuleCount rules = count_configured_rules(configuration);
  if (rules.left_out > 0) std::fprintf(stderr, "  note: %s\n", to_text(rules).c_str());
}

namespace {

std::string no_row_text(const Plan& plan, std::size_t rule) {
  for (const Plan::Overruled& one : plan.overruled) {
    if (one.rule != rule) continue;
    const std::size_t more = one.devices.size() - 1;
    return "no device left: a later rule decides about " + to_text(one.devices.front()) +
           (more > 0 ? " and " + std::to_string(more) + " more" : std::string());
  }
  return "no device";
}

/// True if a row may be that of the pattern's device, which has gone.
bool is_shown(const DevicePattern& pattern, const Plan& plan, const std::vector<DeviceId>& shown) {
  const auto is_planned = [&](const DeviceId& id) {
    const auto is_it = [&](const auto& one) { return one.device.id == id; };
    return std::any_of(plan.actions.begin(), plan.actions.end(), is_it) ||
           std::any_of(plan.skips.begin(), plan.skips.end(), is_it);
  };
  return std::any_of(shown.begin(), shown.end(), [&](const DeviceId& id) {
    return names(pattern, Device(id)) || (needs_more_than_name(pattern) && !is_planned(id));
  });
}

}  // namespace

std::vector<std::string> lines_without_row(const Configuration& configuration, const Plan& plan,
                                           std::size_t rule, const std::vector<DeviceId>& shown) {
  std::vector<std::string> lines;
  if (shown.empty()) lines.push_back(no_row_text(plan, rule));
  const std::string& digits = configuration.rules[rule].options.class_prefix;
  const std::string of_class = digits.empty() ? digits : " of class " + digits;
  for (const Plan::Unmatched& one : plan.unmatched)
    for (const std::size_t part : one.rule == rule ? one.parts : std::vector<std::size_t>())
      if (const DevicePattern& pattern = configuration.rules[rule].devices[part];
          !is_shown(pattern, plan, shown))
        lines.push_back("no device " + in_quotes(pattern.text) + of_class);
  return lines;
}

std::string place_of(const Configuration& configuration, std::size_t rule) {
  const Source& source = configuration.sources[configuration.rule_sources[rule]];
  std::string name = printable(source.name);
  if (name.substr(0, 1) == "/") return name;
  return name + ", byte " + std::to_string(configuration.rules[rule].span.offset);
}

}  // namespace driver_override
