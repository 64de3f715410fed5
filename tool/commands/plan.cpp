// SPDX-License-Identifier: LGPL-2.1-or-later
// A dry run of a boot. What would be done is decided in hook/plan, what would go wrong in
// tool/advice; here it is only shown.
#include <algorithm>
#include <cstdio>

#include "parser/printable.hpp"
#include "tool/commands/commands.hpp"
#include "tool/view/forecast.hpp"
#include "tool/view/json.hpp"
#include "tool/view/messages.hpp"
#include "tool/view/terminal.hpp"

namespace driver_override {
namespace {

std::string change_text(const PlanRow& row) {
  const std::string now = row.device.driver ? printable(*row.device.driver) : "no driver";
  if (row.step == PlannedStep::skip) return now + ", left alone: " + row.reason;
  if (row.step == PlannedStep::keep) return now + " already";
  std::string text = now + " -> " + printable(row.driver);
  if (!row.details.override_name.empty())
    text += " (override now " + in_quotes(row.details.override_name) + ")";
  if (row.details.busy) text += " (busy: its override could not be read within a second)";
  return text;
}

void print_row(const Terminal& terminal, const PlanRow& row) {
  const std::string doing = step_name(row.step);
  const std::string shown = row.step == PlannedStep::set    ? terminal.good(doing)
                            : row.step == PlannedStep::skip ? terminal.bad(doing)
                                                            : doing;
  const std::string rest =
      (doing.size() == 3 ? "   " : "  ") + to_text(row.device.id) + ": " + change_text(row);
  std::printf("  %s%s\n", shown.c_str(), terminal.fit(rest, 2 + doing.size()).c_str());
  std::string what = printable(row.details.description);
  if (!row.details.ids.empty()) what += (what.empty() ? "[" : " [") + row.details.ids + "]";
  if (!what.empty()) std::printf("%s\n", terminal.fit("         " + what).c_str());
}

void print_rules(const Configuration& configuration, const Plan& plan,
                 const std::vector<PlanRow>& rows) {
  const Terminal terminal;
  for (std::size_t rule = 0; rule < configuration.rules.size(); ++rule) {
    const auto begin = std::find_if(rows.begin(), rows.end(),
                                    [&](const PlanRow& row) { return row.rule == rule; });
    if (configuration.rules[rule].bad && begin == rows.end()) continue;
    std::printf("%s (%s)\n", terminal.bold(printable(configuration.rules[rule].text)).c_str(),
                place_of(configuration, rule).c_str());
    if (begin == rows.end()) std::printf("  %s\n", no_row_text(plan, rule).c_str());
    for (auto row = begin; row != rows.end() && row->rule == rule; ++row) print_row(terminal, *row);
  }
}

}  // namespace

Exit plan(const Invocation& invocation) {
  const Root root(invocation.root);
  const Configuration configuration = read_configuration(root, invocation.request);
  const auto [plan, rows, warnings] = make_forecast(root, configuration);
  if (invocation.json) {
    std::printf("%s\n", plan_as_json(configuration, plan, rows, warnings).c_str());
  } else {
    print_messages(configuration);
    print(configuration, warnings);
    if (!configuration.enabled)
      std::printf("%s; a boot with it would do nothing of this\n",
                  disabled_text(configuration).c_str());
    if (configuration.rules.empty()) std::printf("no rule is configured\n");
    print_rules(configuration, plan, rows);
  }
  const bool refused =
      std::any_of(rows.begin(), rows.end(), [](const PlanRow& row) { return row.refused; });
  return refused || has_errors(configuration) ? Exit::failed : Exit::done;
}

}  // namespace driver_override
