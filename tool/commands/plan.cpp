// SPDX-License-Identifier: LGPL-2.1-or-later
// A dry run of a boot. What would be done is decided in hook/plan, what would go wrong in
// tool/advice, and how it is shown in tool/view.
#include <algorithm>
#include <cstdio>

#include "tool/advice/misread.hpp"
#include "tool/advice/trial_advice.hpp"
#include "tool/commands/commands.hpp"
#include "tool/view/forecast.hpp"
#include "tool/view/json.hpp"
#include "tool/view/print_plan.hpp"
#include "tool/view/verdict.hpp"

namespace driver_override {

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
