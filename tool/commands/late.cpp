// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/commands/late.hpp"

#include <algorithm>
#include <cstdlib>

#include "hook/claims.hpp"
#include "hook/saved_rules.hpp"
#include "hook/sysfs.hpp"
#include "tool/execution.hpp"
#include "tool/in_force.hpp"
#include "tool/machine/device_paths.hpp"

namespace driver_override {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

/// The device that udev calls for; none where the environment names none.
std::vector<DeviceId> device_of_event() {
  const std::string path = variable("DEVPATH");
  const DeviceId device = {variable("SUBSYSTEM"), path.substr(path.rfind('/') + 1)};
  const auto is_name = [](const std::string& name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos;
  };
  if (!is_name(device.bus) || !is_name(device.name)) return {};
  return {device};
}

std::vector<DeviceId> devices_asked_for(const Invocation& invocation, const Root& root,
                                        const Log& log) {
  if (invocation.words.empty()) return device_of_event();
  std::vector<DeviceId> devices;
  for (const std::string& word : invocation.words) {
    std::string error;
    for (DeviceId& device : find_devices(root, word, error)) devices.push_back(std::move(device));
    if (!error.empty()) log.line(Severity::error, error);
  }
  return devices;
}

/// Claims devices for this process, one at a time.
class Gate {
 public:
  Gate(const Root& root, const Configuration& configuration, const Log& log)
      : root_(root), claims_(root), configuration_(configuration), log_(log) {}

  /// True where the device is this process's to touch; its claim is made then.
  bool admit(const Action& action) {
    const Rule& rule = configuration_.rules[action.rule];
    const Claim wanted = {action.device.id,
                          ClaimState::pending,
                          incarnation(root_, action.device.id),
                          action.driver,
                          rule.text,
                          {},
                          true,
                          false};
    std::error_code error;
    const Descriptor lock = claims_.lock(error);
    const std::optional<Claim> claim = claims_.find(wanted.device);
    if (!error && !claim) claims_.make(wanted, error);
    if (error == std::errc::file_exists) return false;
    if (error) return refuse(wanted.device, error.message());
    if (!claim) return true;
    if (claim->state == ClaimState::unreadable)
      return refuse(wanted.device, "the claim that is there cannot be read");
    if (claim->inode == wanted.inode || !may_take_again(rule, *claim)) return false;
    claims_.record(wanted, error);
    return error ? refuse(wanted.device, error.message()) : true;
  }

  /// True if some device could not be claimed.
  [[nodiscard]] bool has_refused() const { return has_refused_; }

 private:
  bool refuse(const DeviceId& device, const std::string& reason) {
    log_.line(Severity::error,
              to_text(device) + ": not touched, as no claim can be made: " + reason);
    has_refused_ = true;
    return false;
  }

  /// Another device of that name was taken before.
  [[nodiscard]] bool may_take_again(const Rule& rule, const Claim& claim) const {
    const std::string device = to_text(claim.device);
    if (claim.state == ClaimState::cleared)
      log_.line(Severity::note, device + ": left alone: it was cleared in this boot" +
                                    (rule.options.sticky ? ", which ends sticky too" : ""));
    else if (!rule.options.sticky)
      log_.line(Severity::note, device +
                                    ": left alone: a rule applies once in a boot, and to a device "
                                    "that is found again only with the option sticky: " +
                                    in_quotes(rule.text));
    return rule.options.sticky && claim.state != ClaimState::cleared;
  }

  const Root& root_;
  Claims claims_;
  const Configuration& configuration_;
  const Log& log_;
  bool has_refused_ = false;
};

Plan plan_for(const Root& root, const Configuration& configuration,
              const std::vector<DeviceId>& devices) {
  Inventory inventory;
  for (const DeviceId& id : devices)
    for (Device& device : read_inventory(root, configuration.rules, id).devices)
      inventory.devices.push_back(std::move(device));
  Plan plan = make_plan(configuration.rules, inventory);
  plan.unmatched.clear();
  // What is left alone on purpose has been said, or need not be at every event; a trigger by hand
  // is no news of a fault either.
  const bool synthetic = !variable("SYNTH_UUID").empty();
  const auto is_old_news = [&](const Skip& skip) { return synthetic || !skip.refused; };
  plan.skips.erase(std::remove_if(plan.skips.begin(), plan.skips.end(), is_old_news),
                   plan.skips.end());
  return plan;
}

}  // namespace

Exit apply_late(const Invocation& invocation, const Root& root, const Log& log) {
  std::error_code error;
  const std::optional<Configuration> configuration = read_saved_rules(root, error);
  if (error) log_unreadable_rules(log, error);
  if (!configuration || !configuration->enabled) return error ? Exit::failed : Exit::done;
  Plan plan = plan_for(root, *configuration, devices_asked_for(invocation, root, log));
  const bool early = is_initramfs(root);
  if (!early && !invocation.force) spare_what_is_in_use(root, plan);
  Gate gate(root, *configuration, log);
  plan.actions.erase(std::remove_if(plan.actions.begin(), plan.actions.end(),
                                    [&](const Action& action) { return !gate.admit(action); }),
                     plan.actions.end());
  Report report(log, *configuration);
  report.plan(plan);
  const Extent extent = early ? Extent::leave_to_root : Extent::to_the_end;
  const auto outcomes =
      execute(root, *configuration, plan, {extent, true, invocation.deadlines}, log, report);
  return has_failed(plan, outcomes) || gate.has_refused() ? Exit::failed : Exit::done;
}

}  // namespace driver_override
