// SPDX-License-Identifier: LGPL-2.1-or-later
// The order of the early path at a glance: sources → rules → inventory → plan → outcomes → report.
#include <algorithm>

#include "hook/bind.hpp"
#include "hook/report.hpp"
#include "hook/sysfs.hpp"
#include "tool/commands.hpp"

namespace driver_override {

Exit apply(const Invocation& invocation) {
  const Root root(invocation.root);
  const Log log(root);
  const Configuration configuration = read_configuration(root, invocation.request);
  if (!configuration.enabled) {
    log.line(Severity::note, "switched off by driver_override=off; no rule is applied");
    return Exit::done;
  }
  Report report(log, configuration);
  report.configuration();

  const Plan plan = make_plan(configuration.rules, read_inventory(root, configuration.rules));
  report.plan(plan);
  SysfsKernel kernel(root);
  const std::vector<Outcome> outcomes =
      carry_out(plan, kernel, [&](const Action& action) { report.before(action); });
  report.outcomes(outcomes);

  const bool failed = std::any_of(outcomes.begin(), outcomes.end(), [](const Outcome& outcome) {
    return outcome.state == State::failed;
  });
  const bool refused = std::any_of(plan.skips.begin(), plan.skips.end(),
                                   [](const Skip& skip) { return skip.guard_failed; });
  return failed || refused || has_errors(configuration) ? Exit::failed : Exit::done;
}

}  // namespace driver_override
