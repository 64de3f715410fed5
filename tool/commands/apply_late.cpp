// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/commands/apply_late.hpp"

#include <algorithm>
#include <boost/filesystem/path.hpp>
#include <cstdlib>
#include <iterator>

#include "hook/initramfs.hpp"
#include "hook/late_claims.hpp"
#include "hook/rules_in_force.hpp"
#include "hook/run.hpp"
#include "hook/sysfs.hpp"
#include "parser/message.hpp"
#include "tool/machine/device_paths.hpp"
#include "tool/machine/in_use.hpp"

namespace driver_override {
namespace {

std::string late_event_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

/// The device that udev calls for; none if the environment names none.
std::vector<DeviceId> device_of_event() {
  const boost::filesystem::path path = late_event_variable("DEVPATH");
  const DeviceId device = {late_event_variable("SUBSYSTEM"), path.filename().native()};
  const auto is_name = [](const std::string& name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos;
  };
  if (!is_name(device.bus) || !is_name(device.name)) return {};
  return {device};
}

struct LateDevices {
  std::vector<DeviceId> devices;
  bool some_are_missing = false;  ///< among those that the caller has named
};

LateDevices late_devices_asked_for(const ApplyOptions& options, const Root& root, const Log& log) {
  if (options.devices.empty()) return {device_of_event()};
  LateDevices asked;
  for (const std::string& word : options.devices) {
    std::string error;
    for (DeviceId& device : find_devices_at_path(root, word, error))
      asked.devices.push_back(std::move(device));
    if (error.empty()) continue;
    log.line(Severity::error, error);
    asked.some_are_missing = true;
  }
  return asked;
}

Plan plan_for_late(const Root& root, const Configuration& configuration,
                   const std::vector<DeviceId>& devices) {
  Inventory inventory;
  for (const DeviceId& id : devices) {
    Inventory one = read_sysfs_inventory(root, configuration.rules, id);
    std::move(one.devices.begin(), one.devices.end(), std::back_inserter(inventory.devices));
    inventory.absent_buses.merge(one.absent_buses);
  }
  Plan plan = make_plan(configuration.rules, inventory);
  plan.unmatched.clear();
  plan.unspared.clear();
  // What is left alone on purpose has been said, or need not be at every event; a trigger by hand
  // is no news of a fault either.
  const bool synthetic = !late_event_variable("SYNTH_UUID").empty();
  const auto is_old_news = [&](const Skip& skip) { return synthetic || !skip.refused; };
  plan.skips.erase(std::remove_if(plan.skips.begin(), plan.skips.end(), is_old_news),
                   plan.skips.end());
  return plan;
}

}  // namespace

Exit apply_late(const ApplyOptions& options, const Root& root, const Log& log) {
  std::error_code error;
  const std::optional<Configuration> configuration = read_rules_in_force(root, error);
  if (error) log_unreadable_rules_in_force(log, error);
  if (!configuration || !configuration->enabled) return error ? Exit::failed : Exit::done;
  const LateDevices asked = late_devices_asked_for(options, root, log);
  Plan plan = plan_for_late(root, *configuration, asked.devices);
  const bool early = is_initramfs(root);
  if (!early && !options.force) refuse_devices_in_use(root, plan);
  LateClaims claims(root, *configuration, log);
  plan.actions.erase(std::remove_if(plan.actions.begin(), plan.actions.end(),
                                    [&](const Action& action) { return !claims.admit(action); }),
                     plan.actions.end());
  const BindMode mode = early ? BindMode::early : BindMode::conclusive;
  const RunResult result =
      run(root, *configuration, std::move(plan), {mode, true, options.deadlines}, log);
  const bool failed = result.failed || claims.has_refused() || asked.some_are_missing;
  return failed ? Exit::failed : Exit::done;
}

}  // namespace driver_override
