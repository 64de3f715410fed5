// SPDX-License-Identifier: LGPL-2.1-or-later
// The order of the early path at a glance: sources → rules → inventory → plan → outcomes → report.
#include <algorithm>
#include <exception>
#include <new>

#include "hook/initramfs.hpp"
#include "hook/late_claims.hpp"
#include "hook/report.hpp"
#include "hook/rules_in_force.hpp"
#include "hook/run.hpp"
#include "hook/sysfs.hpp"
#include "hook/trial.hpp"
#include "parser/message.hpp"
#include "tool/commands/apply_late.hpp"
#include "tool/commands/commands.hpp"
#include "tool/machine/in_use.hpp"

namespace driver_override {
namespace {

Exit report_apply_disabled(const Configuration& configuration, const Log& log) {
  const bool is_fault = !is_configuration_switched_off(configuration);
  log.line(is_fault ? Severity::error : Severity::note,
           disabled_configuration_text(configuration) + "; no rule is applied");
  return is_fault ? Exit::failed : Exit::done;
}

/// Plans again, whatever an earlier run has done.
Exit apply_anew(const ApplyOptions& options, const Root& root, const Log& log) {
  Configuration configuration = read_configuration(root, options.request);
  settle_trial(root, configuration, log);
  (void)put_rules_in_force(root, configuration, log);
  if (!configuration.enabled) return report_apply_disabled(configuration, log);
  Report(log, configuration).configuration();
  if (configuration.rules.empty())
    return has_configuration_errors(configuration) ? Exit::failed : Exit::done;

  Plan plan = make_plan(configuration.rules, read_sysfs_inventory(root, configuration.rules));
  const bool early = is_initramfs(root);
  if (!early && !options.force) refuse_devices_in_use(root, plan);
  const BindMode mode = early ? BindMode::early : BindMode::conclusive;
  const RunResult result =
      run(root, configuration, std::move(plan), {mode, false, options.deadlines}, log);
  return result.failed || has_configuration_errors(configuration) ? Exit::failed : Exit::done;
}

/// What the early hook has said already.
void leave_out_told_before_apply(const Configuration& configuration, Plan& plan) {
  const auto is_late = [&](std::size_t rule) {
    return configuration.sources[configuration.rule_sources[rule]].late;
  };
  const auto is_told = [&](const auto& entry) { return !is_late(entry.rule); };
  std::erase_if(plan.skips, is_told);
  std::erase_if(plan.unmatched, is_told);
  std::erase_if(plan.unspared, [&](const Plan::Unspared& one) {
    return !is_late(one.rule) && !is_late(one.exemption);
  });
}

void log_rules_late_for_apply(const Plan& plan, const Configuration& configuration,
                              const Log& log) {
  const auto late =
      std::count_if(plan.actions.begin(), plan.actions.end(), [&](const Action& action) {
        return configuration.sources[configuration.rule_sources[action.rule]].late;
      });
  if (late > 0)
    log.line(Severity::note, std::to_string(late) + (late == 1 ? " device is" : " devices are") +
                                 " taken late, by rules in files that the image lacks");
}

/// In the real root, once in a boot: what the image could not do, and what its own files say
/// besides; all of it, if no early hook has run.
Exit finish_apply(const ApplyOptions& options, const Root& root, const Log& log) {
  std::error_code error;
  const std::optional<Configuration> saved = read_rules_in_force(root, error);
  if (error) {
    log_unreadable_rules_in_force(log, error);
    return Exit::failed;
  }
  if (saved && !saved->enabled) return Exit::done;
  if (!begin_finish(root, log) && !options.force) return Exit::done;
  Configuration own = read_own_rules_in_force(root, saved);
  if (!saved) settle_trial(root, own, log);
  Report(log, own).configuration();
  const Configuration configuration = joined_rules_in_force(own, saved);
  (void)put_rules_in_force(root, configuration, log);
  if (!configuration.enabled) return report_apply_disabled(configuration, log);

  Plan plan = make_plan(configuration.rules, read_sysfs_inventory(root, configuration.rules));
  const bool are_claims_readable = leave_out_settled_late_claims(root, plan, log);
  if (saved) leave_out_told_before_apply(configuration, plan);
  if (!options.force) refuse_devices_in_use(root, plan);
  log_rules_late_for_apply(plan, configuration, log);
  const RunResult result = run(root, configuration, std::move(plan),
                               {BindMode::conclusive, false, options.deadlines}, log);
  return result.failed || !are_claims_readable || has_configuration_errors(own) ? Exit::failed
                                                                                : Exit::done;
}

}  // namespace

Exit apply(const ApplyOptions& options) {
  const Root root(options.root);
  const Log log(root);
  // Standard error is mostly /dev/null or nobody's here, so main() could not tell anybody.
  try {
    if (options.udev || !options.devices.empty()) return apply_late(options, root, log);
    return options.finish ? finish_apply(options, root, log) : apply_anew(options, root, log);
  } catch (const std::bad_alloc&) {
    log.error_without_memory("apply ended early", "there is not enough memory");
  } catch (const std::exception& error) {
    log.error_without_memory("apply ended early", error.what());
  }
  return Exit::failed;
}

}  // namespace driver_override
