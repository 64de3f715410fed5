// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules on the running system: applied now, in force until the next boot.
#include <algorithm>
#include <cstdio>

#include "hook/claims.hpp"
#include "hook/program.hpp"
#include "hook/rules_in_force.hpp"
#include "hook/run.hpp"
#include "hook/sysfs.hpp"
#include "parser/message.hpp"
#include "tool/advice/misread.hpp"
#include "tool/commands/commands.hpp"
#include "tool/machine/in_use.hpp"
#include "tool/view/messages.hpp"

namespace driver_override {
namespace {

/// The rules in force with these behind them, each once. A boot that was switched off has none.
/// \param error  why those in force cannot be read
Configuration extended(const Root& root, const Configuration& added, std::error_code& error) {
  std::vector<Source> sources;
  if (const auto saved = read_rules_in_force(root, error); saved && saved->enabled)
    sources = saved->sources;
  for (const Source& source : added.sources) {
    const auto is_same = [&](const Source& other) {
      return other.kind == Source::Kind::argument && other.text == source.text;
    };
    sources.erase(std::remove_if(sources.begin(), sources.end(), is_same), sources.end());
    sources.push_back(source);
  }
  return parse_configuration_sources(std::move(sources));
}

/// udev looks for changed rules every few seconds only (systemd, src/udev/udev-manager.c).
void reload_udev_rules(const Root& root) {
  std::error_code error;
  (void)run_program(root, {"udevadm", "control", "--reload"}, error);
}

/// Puts the rules in force for devices that appear later, too. Others that do so wait meanwhile.
bool keep_set_rules(const Root& root, const Configuration& configuration, const Log& log) {
  std::error_code error;
  const Descriptor lock = Claims(root).lock(error);
  if (error) {
    log.line(Severity::error, "/run/driver-override: " + error.message());
    return false;
  }
  const Configuration in_force = extended(root, configuration, error);
  if (error) {
    log_unreadable_rules_in_force(log, error);
    return false;
  }
  (void)put_rules_in_force(root, in_force, log);
  reload_udev_rules(root);
  return true;
}

/// True if the rule is to wait for devices that are not there.
bool set_waits_for_devices(const Configuration& configuration, const Plan::Unmatched& unmatched) {
  const Rule& rule = configuration.rules[unmatched.rule];
  return rule.options.sticky || rule.driver.empty();
}

}  // namespace

Exit set(const SetOptions& options) {
  const Root root(options.root);
  Configuration configuration = read_configuration(root, {std::nullopt, options.rules, true});
  explain_misread(root, configuration);
  print_messages(configuration);
  if (has_configuration_errors(configuration)) return Exit::failed;
  if (!configuration.enabled) {
    print_error("the kill switch is for a boot; see clear --all");
    return Exit::failed;
  }
  const Log log(root, true);
  Plan plan = make_plan(configuration.rules, read_sysfs_inventory(root, configuration.rules));
  if (!options.force) refuse_devices_in_use(root, plan);
  const bool is_refused = plan.actions.empty() && has_refused(plan);
  if (!is_refused && !keep_set_rules(root, configuration, log)) return Exit::failed;
  const BindMode mode = options.write_only ? BindMode::write_only : BindMode::conclusive;
  const RunResult result = run(root, configuration, plan, {mode, false, options.deadlines}, log);
  const bool all_matched = std::all_of(
      plan.unmatched.begin(), plan.unmatched.end(),
      [&](const Plan::Unmatched& one) { return set_waits_for_devices(configuration, one); });
  return result.failed || !all_matched ? Exit::failed : Exit::done;
}

}  // namespace driver_override
