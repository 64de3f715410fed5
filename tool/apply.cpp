// SPDX-License-Identifier: LGPL-2.1-or-later
// The order of the early path at a glance: sources → rules → inventory → plan → outcomes → report.
#include <algorithm>
#include <cstring>

#include "hook/claims.hpp"
#include "hook/report.hpp"
#include "hook/saved_rules.hpp"
#include "hook/sysfs.hpp"
#include "tool/commands.hpp"
#include "tool/execution.hpp"

namespace driver_override {
namespace {

void save(const Root& root, const Configuration& configuration, const Log& log) {
  std::error_code error;
  if (!configuration.rules.empty() || !configuration.enabled)
    save_rules(root, configuration, error);
  if (error)
    log.line(Severity::error, "/run/driver-override/rules: the rules cannot be kept for later: " +
                                  std::string(std::strerror(error.value())));
}

/// Leaves out what an earlier run has done, or has begun and could not end, and what it has said.
void leave_out_claimed(const Root& root, Plan& plan) {
  const Claims claims(root);
  const auto is_settled = [&](const DeviceId& device) {
    const std::optional<Claim> claim = claims.find(device);
    const bool open =
        claim && (claim->state == ClaimState::waiting || claim->state == ClaimState::pending);
    return claim && !(open && claim->inode == incarnation(root, device));
  };
  plan.actions.erase(
      std::remove_if(plan.actions.begin(), plan.actions.end(),
                     [&](const Action& action) { return is_settled(action.device.id); }),
      plan.actions.end());
  plan.skips.clear();
  plan.unmatched.clear();
}

/// Plans anew, whatever an earlier run has done.
Exit apply_anew(const Invocation& invocation, const Root& root, const Log& log) {
  const Configuration configuration = read_configuration(root, invocation.request);
  save(root, configuration, log);
  if (!configuration.enabled) {
    log.line(Severity::note, "switched off by driver_override=off; no rule is applied");
    return Exit::done;
  }
  Report report(log, configuration);
  report.configuration();

  Plan plan = make_plan(configuration.rules, read_inventory(root, configuration.rules));
  const bool early = is_initramfs(root);
  if (!early && !invocation.force) spare_what_is_in_use(root, plan);
  report.plan(plan);
  const auto outcomes =
      execute(root, configuration, plan, !early, invocation.deadlines, log, report);
  return has_failed(plan, outcomes) || has_errors(configuration) ? Exit::failed : Exit::done;
}

/// In the real root: what the image could not do; all of it, where no early hook has run.
Exit finish(const Invocation& invocation, const Root& root, const Log& log) {
  std::error_code error;
  const std::optional<Configuration> saved = read_saved_rules(root, error);
  if (error) {
    log.line(Severity::error,
             "/run/driver-override/rules: " + std::string(std::strerror(error.value())) +
                 "; nothing is done, as an exception might be lost");
    return Exit::failed;
  }
  if (!saved) return apply_anew(invocation, root, log);
  if (!saved->enabled) return Exit::done;
  Report report(log, *saved);
  Plan plan = make_plan(saved->rules, read_inventory(root, saved->rules));
  leave_out_claimed(root, plan);
  spare_what_is_in_use(root, plan);
  report.plan(plan);
  const auto outcomes = execute(root, *saved, plan, true, invocation.deadlines, log, report);
  return has_failed(plan, outcomes) ? Exit::failed : Exit::done;
}

}  // namespace

Exit apply(const Invocation& invocation) {
  const Root root(invocation.root);
  const Log log(root);
  return invocation.finish ? finish(invocation, root, log) : apply_anew(invocation, root, log);
}

}  // namespace driver_override
