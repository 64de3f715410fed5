// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/print_plan.hpp"

#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "parser/printable.hpp"
#include "tool/view/messages.hpp"
#include "tool/view/terminal.hpp"

namespace driver_override {
namespace {

std::string change_in_printed_plan(const PlanRow& row) {
  const std::string now = row.device.driver ? printable(*row.device.driver) : "no driver";
  if (row.step == PlannedStep::skip) return now + ", left alone: " + row.reason;
  if (row.step == PlannedStep::keep) return now + " already";
  std::string text = now + " -> " + printable(row.driver);
  if (!row.details.override_name.empty())
    text += " (override now " + in_quotes(row.details.override_name) + ")";
  if (row.details.busy) text += " (busy: its override could not be read within a second)";
  return text;
}

void print_plan_row(const Terminal& terminal, const PlanRow& row) {
  constexpr std::size_t indent = 9;
  const std::string doing = planned_step_name(row.step);
  const std::string shown = row.refused                     ? terminal.bad(doing)
                            : row.step == PlannedStep::set  ? terminal.good(doing)
                            : row.step == PlannedStep::skip ? terminal.doubtful(doing)
                                                            : doing;
  const std::string rest = (doing.size() == 3 ? "   " : "  ") + to_text(row.device.id) + ": " +
                           change_in_printed_plan(row);
  std::printf("  %s%s\n", shown.c_str(), terminal.wrap(rest, 2 + doing.size(), indent).c_str());
  std::string what = printable(row.details.description);
  if (!row.details.ids.empty()) what += (what.empty() ? "[" : " [") + row.details.ids + "]";
  if (!what.empty())
    std::printf("%*s%s\n", static_cast<int>(indent), "",
                terminal.wrap(what, indent, indent).c_str());
}

/// The rows of one rule. Of what it leaves alone only the first few are shown, but for refusals.
void print_plan_rows(const Terminal& terminal, const std::vector<PlanRow>& rows, std::size_t rule) {
  constexpr std::size_t most_skips = 10;
  std::size_t skips = 0;
  for (const PlanRow& row : rows) {
    if (row.rule != rule) continue;
    const bool folds = row.step == PlannedStep::skip && !row.refused;
    if (!folds || ++skips <= most_skips) print_plan_row(terminal, row);
  }
  if (skips > most_skips)
    std::printf("  %s  and %zu more; --json shows them all\n", terminal.doubtful("skip").c_str(),
                skips - most_skips);
}

void print_plan_rules(const Terminal& terminal, const Configuration& configuration,
                      const Plan& plan, const std::vector<PlanRow>& rows) {
  for (std::size_t rule = 0; rule < configuration.rules.size(); ++rule) {
    std::vector<DeviceId> shown;
    for (const PlanRow& row : rows)
      if (row.rule == rule) shown.push_back(row.device.id);
    if (configuration.rules[rule].bad && shown.empty()) continue;
    std::printf("%s (%s)\n", terminal.bold(printable(configuration.rules[rule].text)).c_str(),
                place_of(configuration, rule).c_str());
    print_plan_rows(terminal, rows, rule);
    for (const std::string& line : lines_without_row(configuration, plan, rule, shown))
      std::printf("  %s\n", terminal.wrap(line, 2, 4).c_str());
  }
}

}  // namespace

void print_plan(const Configuration& configuration, const Forecast& forecast,
                const Verdict& verdict) {
  const Terminal terminal(STDOUT_FILENO);
  print_messages(configuration);
  print_messages(configuration, forecast.warnings);
  if (!configuration.enabled)
    std::printf("%s: a boot would apply none of this\n",
                disabled_configuration_text(configuration).c_str());
  if (configuration.rules.empty()) {
    std::printf("no rule is configured\n");
    return;
  }
  print_plan_rules(terminal, configuration, forecast.plan, forecast.rows);
  const bool does_nothing = verdict.set + verdict.kept == 0;
  const std::string end = !verdict.is_ready ? terminal.bad("not ready")
                          : does_nothing    ? terminal.doubtful("nothing to do")
                                            : terminal.good("ready");
  std::printf("%s: %s\n", verdict.text.c_str(), end.c_str());
}

}  // namespace driver_override
