// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/bind.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "parser/printable.hpp"

namespace driver_override {

using Stage = DeviceProgress::Stage;

Binding::Binding(Plan plan, Kernel& kernel, BindMode mode) : kernel_(kernel), run_{mode} {
  devices_.reserve(plan.actions.size());
  for (Action& action : plan.actions)
    devices_.push_back({{std::move(action), BindState::failed, {}}});
}

std::optional<std::size_t> Binding::device_of(std::size_t step) const {
  const std::size_t count = devices_.size();
  if (step == count) return std::nullopt;
  return step < count ? step : (step - count - 1) % count;
}

/// For a step that had told of nothing when it was given up.
std::string Binding::name_of(std::size_t step) const {
  const std::size_t count = devices_.size();
  if (step < count) return "setting its override";
  if (step <= 2 * count) return "loading modules";
  return step <= 3 * count ? "probing" : "looking for its driver";
}

bool Binding::is_settled(std::size_t device) const {
  return devices_[device].stage == Stage::settled;
}

std::vector<Outcome> Binding::take_outcomes() {
  std::vector<Outcome> outcomes;
  outcomes.reserve(devices_.size());
  for (DeviceProgress& progress : devices_) outcomes.push_back(std::move(progress.outcome));
  return outcomes;
}

std::optional<std::string> Binding::run(std::size_t step, const Announce& announce) {
  const std::size_t count = devices_.size();
  if (step == count) return load_all(announce);
  DeviceProgress& progress = devices_[*device_of(step)];
  if (progress.stage == Stage::settled) return std::nullopt;
  DeviceSteps device(run_, progress, kernel_, announce);
  if (step < count)
    device.write_override();
  else if (step <= 2 * count)
    return load_one(progress, announce);
  else if (step <= 3 * count && progress.stage == Stage::at_probe)
    device.probe();
  else if (step > 3 * count && progress.stage != Stage::at_probe)
    device.verify();
  // Three letters, the reason and the old override, both up to a newline, as learn() reads them.
  std::string learnt = {static_cast<char>(progress.stage), progress.had_override ? 'y' : 'n',
                        static_cast<char>('0' + static_cast<int>(progress.outcome.state))};
  learnt += progress.outcome.reason + '\n';
  if (progress.old_override) learnt += *progress.old_override + '\n';
  return learnt;
}

void Binding::learn(std::size_t step, std::string_view learnt) {
  const std::size_t count = devices_.size();
  if (step == count) {
    run_.load_fault = learnt;
    return;
  }
  DeviceProgress& progress = devices_[*device_of(step)];
  if (step > count && step <= 2 * count) {
    progress.load_fault = learnt;
    return;
  }
  if (learnt.size() < 3) return;
  progress.stage = static_cast<Stage>(learnt[0]);
  progress.had_override = learnt[1] == 'y';
  progress.outcome.state = static_cast<BindState>(learnt[2] - '0');
  progress.outcome.is_override_set = step >= count;
  learnt.remove_prefix(3);
  const std::size_t newline = std::min(learnt.find('\n'), learnt.size());
  progress.outcome.reason = learnt.substr(0, newline);
  learnt.remove_prefix(std::min(newline + 1, learnt.size()));
  // Without a newline behind it, it was cut.
  progress.old_override.reset();
  if (learnt.ends_with('\n')) progress.old_override = learnt.substr(0, learnt.size() - 1);
  progress.outcome.replaced = progress.old_override.value_or(std::string());
  if (progress.outcome.replaced == progress.outcome.action.our_override)
    progress.outcome.replaced.clear();
}

void Binding::give_up(std::size_t step, const GivenUp& why) {
  const bool hangs = why.kind == GivenUp::Kind::hangs;
  const std::string what = why.what.empty() ? name_of(step) : why.what;
  const std::string text = why.kind == GivenUp::Kind::not_begun ? why.reason
                           : hangs                              ? what + " " + why.reason
                                                                : what + ": " + why.reason;
  if (hangs && !why.driver.empty()) run_.hanging.insert(why.driver);
  const std::optional<std::size_t> device = device_of(step);
  if (!device) {
    run_.load_fault = text;
    run_.load_hangs = hangs;
    return;
  }
  DeviceProgress& progress = devices_[*device];
  if (progress.stage == Stage::settled) return;
  if (step > devices_.size() && step <= 2 * devices_.size()) {
    progress.load_fault = text;
    return;
  }
  progress.stage = Stage::settled;
  progress.outcome.hangs = hangs;
  progress.outcome.is_override_set = step >= devices_.size();
  progress.outcome.state = run_.open_state(hangs ? BindState::unfinished : BindState::failed);
  progress.outcome.reason = text;
  if (hangs)
    progress.outcome.reason += "; it is still running, and a reboot may hang if it never ends";
}

std::optional<std::string> Binding::load_all(const Announce& announce) {
  std::set<std::string> missing;
  std::set<std::array<std::string_view, 3>> asked;
  for (DeviceProgress& progress : devices_) {
    const Action& action = progress.outcome.action;
    // The answer is the same for all devices of a rule.
    if (progress.stage != Stage::at_probe ||
        !asked.insert({action.device.id.bus, action.driver, action.module}).second)
      continue;
    if (auto module = DeviceSteps(run_, progress, kernel_, announce).missing_module())
      missing.insert(*module);
  }
  if (missing.empty()) return std::nullopt;
  return run_.load_fault = load({missing.begin(), missing.end()}, announce);
}

/// Only if loading all of them at once came to no end.
std::optional<std::string> Binding::load_one(DeviceProgress& progress, const Announce& announce) {
  if (!run_.load_hangs) return std::nullopt;
  const auto module = DeviceSteps(run_, progress, kernel_, announce).missing_module();
  // Alone it may have been tried already.
  if (!module || run_.load_fault.starts_with("loading " + in_quotes(*module) + ' '))
    return std::nullopt;
  if (kernel_.is_loading(*module))
    progress.load_fault = in_quotes(*module) + " is still being loaded";
  else
    progress.load_fault = load({*module}, announce);
  return progress.load_fault;
}

/// What went wrong, and behind it in lines of their own what modprobe said; empty if nothing did.
std::string Binding::load(const std::vector<std::string>& modules, const Announce& announce) {
  std::string names;
  for (const std::string& module : modules) names += (names.empty() ? "" : " ") + module;
  announce("loading " + in_quotes(names), {});
  std::error_code error;
  const ProgramResult result = kernel_.load_modules(modules, error);
  if (error) return "modprobe could not be run: " + error.message();
  if (result.signal != 0)
    return "modprobe was ended by signal " + std::to_string(result.signal) + '\n' +
           result.error_output;
  if (result.status == 0) return {};
  return "modprobe ended with status " + std::to_string(result.status) + '\n' + result.error_output;
}

}  // namespace driver_override
