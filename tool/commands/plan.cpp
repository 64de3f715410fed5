// SPDX-License-Identifier: LGPL-2.1-or-later
// A dry run of a boot. What would be done is decided in hook/plan, what would go wrong in
// tool/advice; here it is only shown.
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "parser/printable.hpp"
#include "tool/advice/misread.hpp"
#include "tool/advice/trial_advice.hpp"
#include "tool/commands/commands.hpp"
#include "tool/view/forecast.hpp"
#include "tool/view/json.hpp"
#include "tool/view/messages.hpp"
#include "tool/view/terminal.hpp"
#include "tool/view/verdict.hpp"

namespace driver_override {
namespace {

std::string planned_change(const PlanRow& row) {
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
  const std::string doing = step_name(row.step);
  const std::string shown = row.refused                     ? terminal.bad(doing)
                            : row.step == PlannedStep::set  ? terminal.good(doing)
                            : row.step == PlannedStep::skip ? terminal.doubtful(doing)
                                                            : doing;
  const std::string rest =
      (doing.size() == 3 ? "   " : "  ") + to_text(row.device.id) + ": " + planned_change(row);
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
    const bool has_row =
        std::any_of(rows.begin(), rows.end(), [&](const PlanRow& row) { return row.rule == rule; });
    if (configuration.rules[rule].bad && !has_row) continue;
    std::printf("%s (%s)\n", terminal.bold(printable(configuration.rules[rule].text)).c_str(),
                place_of(configuration, rule).c_str());
    if (!has_row) std::printf("  %s\n", terminal.wrap(no_row_text(plan, rule), 2, 4).c_str());
    print_plan_rows(terminal, rows, rule);
  }
}

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

}  // namespace

Exit plan(const PlanOptions& options) {
  const Root root(options.root);
  Configuration configuration = read_configuration(root, options.request);
  explain_misread(root, configuration);
  Forecast forecast = make_forecast(root, configuration);
  for (Message& message : advise_on_trial(root, configuration))
    forecast.warnings.push_back(std::move(message));
  if (!options.request.arguments_only)
    for (Message& message : files_not_read(root)) forecast.warnings.push_back(std::move(message));
  const Verdict verdict = reach_verdict(configuration, forecast.rows, forecast.warnings);
  if (options.json)
    std::printf("%s\n", json_of_plan(configuration, forecast, verdict).c_str());
  else
    print_plan(configuration, forecast, verdict);
  const bool refused = std::any_of(forecast.rows.begin(), forecast.rows.end(),
                                   [](const PlanRow& row) { return row.refused; });
  const bool too_doubtful = options.strict && !verdict.is_ready;
  return refused || too_doubtful || has_configuration_errors(configuration) ? Exit::failed
                                                                            : Exit::done;
}

}  // namespace driver_override
