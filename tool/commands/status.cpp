// SPDX-License-Identifier: LGPL-2.1-or-later
// After the boot: what became of the rules. What a device's state means is decided in status_view.
#include <algorithm>
#include <cstdio>

#include "hook/rules_in_force.hpp"
#include "hook/sysfs.hpp"
#include "hook/trial.hpp"
#include "parser/message.hpp"
#include "tool/commands/commands.hpp"
#include "tool/machine/image_command.hpp"
#include "tool/view/json.hpp"
#include "tool/view/messages.hpp"
#include "tool/view/print_status.hpp"
#include "tool/view/status_view.hpp"

namespace driver_override {
namespace {

/// The rules in force; if no early hook has run, those that a boot would have.
Configuration rules_for_status(const Root& root) {
  std::error_code error;
  std::optional<Configuration> saved = read_rules_in_force(root, error);
  if (saved) return std::move(*saved);
  Configuration configuration = read_configuration(root, {});
  if (error)
    configuration.messages.push_back(
        {Severity::error, "/run/driver-override/rules: " + error.message()});
  return configuration;
}

Observed observe_status(const Root& root, const Plan& plan) {
  std::vector<DeviceId> devices;
  for (const Action& action : plan.actions) devices.push_back(action.device.id);
  for (const Skip& skip : plan.skips) devices.push_back(skip.device.id);
  Observed observed = {read_present_overrides(root, devices), Claims(root).all()};
  for (const DeviceId& device : devices)
    if (const std::uint64_t number = incarnation(root, device); number != 0)
      observed.incarnations[device] = number;
  return observed;
}

/// The drop-in lines of a configuration that come from files of the image, or now of the root.
std::vector<std::string> drop_in_lines_for_status(const Configuration& configuration) {
  std::vector<std::string> lines;
  for (const Source& source : configuration.sources)
    if (source.kind == Source::Kind::drop_in_line && !source.late &&
        source.name.compare(0, 5, "/run/") != 0)
      lines.push_back(source.name + "\n" + source.text);
  return lines;
}

/// What the early hook read is what the image held.
void warn_in_status_of_difference(const Root& root, const Configuration& in_force) {
  const Configuration now = read_configuration(root, {});
  if (drop_in_lines_for_status(in_force) == drop_in_lines_for_status(now)) return;
  print_message({Severity::note, "the rules in files are not those of the image",
                 "to have them in the next boot: " + rebuild_command(root)});
}

/// Rules that hold in this boot, and not in the next one.
void warn_in_status_of_trial(const Root& root, const Configuration& in_force) {
  if (running_trial(root).empty() || view_trial(root, in_force).state != Trial::running) return;
  print_message({Severity::note, "rules are on trial: they hold in this boot alone",
                 "to keep them: driver-override confirm"});
}

}  // namespace

Exit status(const StatusOptions& options) {
  const Root root(options.root);
  const Configuration configuration = rules_for_status(root);
  const Plan plan = make_plan(configuration.rules, read_sysfs_inventory(root, configuration.rules));
  const std::vector<StatusRow> rows =
      configuration.enabled ? view_status(plan, configuration.rules, observe_status(root, plan))
                            : std::vector<StatusRow>();
  if (options.json) {
    std::printf("%s\n", json_of_status(configuration, rows).c_str());
  } else {
    print_messages(configuration);
    warn_in_status_of_trial(root, configuration);
    warn_in_status_of_difference(root, configuration);
    if (!configuration.enabled)
      std::printf("%s; no rule was applied\n", disabled_configuration_text(configuration).c_str());
    else if (configuration.rules.empty())
      std::printf("no rule is configured\n");
    else
      print_status(configuration, plan, rows);
  }
  const bool all_well = std::all_of(rows.begin(), rows.end(), is_as_wanted);
  return all_well && !has_configuration_errors(configuration) ? Exit::done : Exit::failed;
}

}  // namespace driver_override
