// SPDX-License-Identifier: LGPL-2.1-or-later
// After the boot: what became of the rules. What a device's state means is decided in status_view.
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "hook/rules_in_force.hpp"
#include "hook/sysfs.hpp"
#include "hook/trial.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/commands/commands.hpp"
#include "tool/machine/image_command.hpp"
#include "tool/view/json.hpp"
#include "tool/view/messages.hpp"
#include "tool/view/status_view.hpp"
#include "tool/view/terminal.hpp"

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

void print_status_row(const Terminal& terminal, const StatusRow& row) {
  const std::string name = status_name(row.status);
  const std::string shown = row.status == DeviceStatus::ok       ? terminal.good(name)
                            : is_as_wanted(row)                  ? name
                            : row.status == DeviceStatus::failed ? terminal.bad(name)
                                                                 : terminal.doubtful(name);
  std::string rest = "  " + to_text(row.device) + ": ";
  rest += row.driver ? printable(*row.driver) : std::string("no driver");
  if (row.late) rest += " (late)";
  if (!row.override_name.empty()) rest += ", override " + in_quotes(row.override_name);
  if (!row.reason.empty()) rest += ": " + row.reason;
  std::printf("  %s%s\n", shown.c_str(), terminal.wrap(rest, 2 + name.size(), 6).c_str());
}

void print_status_rules(const Configuration& configuration, const Plan& plan,
                        const std::vector<StatusRow>& rows) {
  const Terminal terminal(STDOUT_FILENO);
  for (std::size_t rule = 0; rule < configuration.rules.size(); ++rule) {
    auto row = std::find_if(rows.begin(), rows.end(),
                            [&](const StatusRow& one) { return one.rule == rule; });
    if (configuration.rules[rule].bad && row == rows.end()) continue;
    std::printf("%s (%s)\n", terminal.bold(printable(configuration.rules[rule].text)).c_str(),
                place_of(configuration, rule).c_str());
    if (row == rows.end()) std::printf("  %s\n", no_row_text(plan, rule).c_str());
    for (; row != rows.end() && row->rule == rule; ++row) print_status_row(terminal, *row);
  }
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
void print_status_difference(const Root& root, const Configuration& in_force) {
  const Configuration now = read_configuration(root, {});
  if (drop_in_lines_for_status(in_force) == drop_in_lines_for_status(now)) return;
  print_message({Severity::note, "the rules in files are not those of the image",
                 "to have them in the next boot: " + rebuild_command(root)});
}

/// Rules that hold in this boot, and not in the next one.
void print_status_of_trial(const Root& root, const Configuration& in_force) {
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
    print_status_of_trial(root, configuration);
    print_status_difference(root, configuration);
    if (!configuration.enabled)
      std::printf("%s; no rule was applied\n", disabled_configuration_text(configuration).c_str());
    else if (configuration.rules.empty())
      std::printf("no rule is configured\n");
    else
      print_status_rules(configuration, plan, rows);
  }
  const bool all_well = std::all_of(rows.begin(), rows.end(), is_as_wanted);
  return all_well && !has_configuration_errors(configuration) ? Exit::done : Exit::failed;
}

}  // namespace driver_override
