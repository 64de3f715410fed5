// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/run.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "hook/bind.hpp"
#include "hook/child.hpp"
#include "hook/claims.hpp"
#include "hook/descriptor_limit.hpp"
#include "hook/late_claims.hpp"
#include "hook/report.hpp"
#include "parser/message.hpp"

namespace driver_override {
namespace {

ClaimState claim_state_after_run(BindState state) {
  switch (state) {
    case BindState::bound:
    case BindState::unchanged:
    case BindState::written:
      return ClaimState::done;
    case BindState::left_alone:
      return ClaimState::left_alone;
    case BindState::waiting:
      return ClaimState::waiting;
    case BindState::unfinished:
      return ClaimState::unfinished;
    case BindState::failed:
      break;
  }
  return ClaimState::failed;
}

/// Keeps the claims of one run, and complains of /run once.
class RunRecord {
 public:
  /// \param devices  how many there are to be
  RunRecord(const Root& root, const Configuration& configuration, const Log& log,
            std::size_t devices)
      : root_(root),
        claims_(root),
        configuration_(configuration),
        log_(log),
        most_open_(reserve_descriptors(devices)) {}

  /// Says that the next device of the plan is about to be touched.
  void begin(const Action& action) {
    std::error_code error;
    open_.push_back(claims_.begin({action.device.id,
                                   ClaimState::pending,
                                   incarnation(root_, action.device),
                                   action.driver,
                                   configuration_.rules[action.rule].text,
                                   {},
                                   action.late,
                                   false},
                                  error));
    if (open_.size() > most_open_) open_.back().file = Descriptor();
    complain(error);
  }

  /// \param device  counts the plan's actions. The claim is about the device that was touched, even
  ///                if another has its name by now.
  void complete(std::size_t device, const Outcome& outcome) {
    OpenClaim& open = open_[device];
    open.claim.state = claim_state_after_run(outcome.state);
    open.claim.reason = outcome.reason;
    open.claim.hangs = outcome.hangs;
    std::error_code error;
    claims_.complete(open, error);
    complain(error);
  }

 private:
  void complain(const std::error_code& error) {
    if (!error || complained_) return;
    complained_ = true;
    log_.line(Severity::error,
              "/run/driver-override: what is done cannot be recorded: " + error.message());
  }

  const Root& root_;
  Claims claims_;
  std::vector<OpenClaim> open_{};
  const Configuration& configuration_;
  const Log& log_;
  std::size_t most_open_;
  bool complained_ = false;
};

/// True if the device, or the rule, has come after the early hook.
bool is_late(const Action& action, const Configuration& configuration, const RunOptions& options) {
  return action.late || options.late ||
         configuration.sources[configuration.rule_sources[action.rule]].late;
}

/// Whom to tell, while it goes on.
struct Listener {
  /// Each device, once. `device` counts the plan's actions.
  std::function<void(std::size_t device, const Outcome&)> settled;
  /// A step takes long. `device` is null if it is about all of them.
  std::function<void(const DeviceId* device, const std::string& what)> slow;
};

/// \return one outcome per action, in the plan's order, whatever hangs, dies or fails
std::vector<Outcome> carry_out(Plan plan, Kernel& kernel, const RunOptions& options,
                               const Listener& listener) {
  const std::size_t count = plan.actions.size();
  Binding binding(std::move(plan), kernel, options.mode);
  std::vector<bool> told(count);
  const auto tell = [&](std::size_t step) {
    const auto device = binding.device_of(step);
    if (!device || told[*device] || !binding.is_settled(*device)) return;
    told[*device] = true;
    listener.settled(*device, binding.outcome(*device));
  };
  Steps steps;
  steps.count = count == 0 ? 0 : binding.steps();
  steps.run = [&](std::size_t step, const Announce& announce) {
    return binding.run(step, announce);
  };
  steps.ended = [&](std::size_t step, std::string_view learnt) {
    binding.learn(step, learnt);
    tell(step);
  };
  steps.slow = [&](std::size_t step, const std::string& what) {
    const auto device = binding.device_of(step);
    listener.slow(device ? &binding.outcome(*device).action.device.id : nullptr, what);
  };
  steps.gave_up = [&](std::size_t step, const GivenUp& why) {
    binding.give_up(step, why);
    tell(step);
  };
  steps.hung_before = [&](std::size_t step) {
    const auto device = binding.device_of(step);
    return device && binding.outcome(*device).action.hung_before;
  };
  run_in_child(steps, options.deadlines);

  return binding.take_outcomes();
}

bool has_failed(const Outcome& outcome) {
  return outcome.state == BindState::failed || outcome.state == BindState::unfinished;
}

}  // namespace

RunResult run(const Root& root, const Configuration& configuration, Plan plan,
              const RunOptions& options, const Log& log) {
  Report report(log, configuration);
  report.plan(plan);
  recall_late_claims(root, plan);
  RunRecord record(root, configuration, log, plan.actions.size());
  for (Action& action : plan.actions) {
    action.late = is_late(action, configuration, options);
    report.before(action);
    record.begin(action);
  }
  RunningKernel kernel(root);
  for (const Action& action : plan.actions) kernel.remember(action.device);
  const Listener listener = {
      [&](std::size_t device, const Outcome& outcome) {
        report.outcome(outcome);
        record.complete(device, outcome);
      },
      [&](const DeviceId* device, const std::string& what) { report.slow(device, what); }};
  const bool has_refusals = has_refused(plan);
  RunResult result = {carry_out(std::move(plan), kernel, options, listener)};
  report.summary(result.outcomes);
  result.failed =
      has_refusals || std::any_of(result.outcomes.begin(), result.outcomes.end(), has_failed);
  return result;
}

bool has_refused(const Plan& plan) {
  return std::any_of(plan.skips.begin(), plan.skips.end(),
                     [](const Skip& skip) { return skip.refused; }) ||
         std::any_of(plan.unmatched.begin(), plan.unmatched.end(),
                     [](const Plan::Unmatched& unmatched) { return !unmatched.fault.empty(); });
}

}  // namespace driver_override
