// SPDX-License-Identifier: LGPL-2.1-or-later
// The order of the early path at a glance: sources → rules → inventory → plan → outcomes → report.
#include <algorithm>

#include "hook/claims.hpp"
#include "hook/report.hpp"
#include "hook/saved_rules.hpp"
#include "hook/sysfs.hpp"
#include "tool/commands.hpp"
#include "tool/execution.hpp"
#include "tool/in_force.hpp"
#include "tool/late.hpp"

namespace driver_override {
namespace {

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
  (void)put_in_force(root, configuration, log);
  if (!configuration.enabled) {
    const bool is_fault = !is_switched_off(configuration);
    log.line(is_fault ? Severity::error : Severity::note,
             disabled_text(configuration) + "; no rule is applied");
    return is_fault ? Exit::failed : Exit::done;
  }
  Report report(log, configuration);
  report.configuration();

  Plan plan = make_plan(configuration.rules, read_inventory(root, configuration.rules));
  const bool early = is_initramfs(root);
  if (!early && !invocation.force) spare_what_is_in_use(root, plan);
  report.plan(plan);
  const Extent extent = early ? Extent::leave_to_root : Extent::to_the_end;
  const auto outcomes =
      execute(root, configuration, plan, {extent, false, invocation.deadlines}, log, report);
  return has_failed(plan, outcomes) || has_errors(configuration) ? Exit::failed : Exit::done;
}

/// In the real root: what the image could not do; all of it, where no early hook has run.
Exit finish(const Invocation& invocation, const Root& root, const Log& log) {
  std::error_code error;
  const std::optional<Configuration> saved = read_saved_rules(root, error);
  if (error) {
    log_unreadable_rules(log, error);
    return Exit::failed;
  }
  if (!saved) return apply_anew(invocation, root, log);
  if (!saved->enabled) return Exit::done;
  Report report(log, *saved);
  Plan plan = make_plan(saved->rules, read_inventory(root, saved->rules));
  leave_out_claimed(root, plan);
  if (!invocation.force) spare_what_is_in_use(root, plan);
  report.plan(plan);
  const auto outcomes =
      execute(root, *saved, plan, {Extent::to_the_end, false, invocation.deadlines}, log, report);
  return has_failed(plan, outcomes) ? Exit::failed : Exit::done;
}

}  // namespace

Exit apply(const Invocation& invocation) {
  const Root root(invocation.root);
  const Log log(root);
  if (invocation.late) return apply_late(invocation, root, log);
  return invocation.finish ? finish(invocation, root, log) : apply_anew(invocation, root, log);
}

}  // namespace driver_override
