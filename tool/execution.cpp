// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/execution.hpp"

#include <algorithm>

#include "hook/claims.hpp"
#include "tool/machine/in_use.hpp"

namespace driver_override {
namespace {

ClaimState claim_state(State state) {
  switch (state) {
    case State::bound:
    case State::unchanged:
    case State::written:
      return ClaimState::done;
    case State::left_alone:
      return ClaimState::left_alone;
    case State::waiting:
      return ClaimState::waiting;
    case State::unfinished:
      return ClaimState::unfinished;
    case State::failed:
      break;
  }
  return ClaimState::failed;
}

/// Keeps the claims of one run, and complains of /run once.
class Record {
 public:
  Record(const Root& root, const Configuration& configuration, const Log& log)
      : root_(root), claims_(root), configuration_(configuration), log_(log) {}

  void put(const Action& action, ClaimState state, const std::string& detail = {},
           bool hangs = false) {
    std::error_code error;
    const DeviceId& device = action.device.id;
    claims_.record({device, state, incarnation(root_, device), action.driver,
                    configuration_.rules[action.rule].text, detail, action.late, hangs},
                   error);
    if (!error || complained_) return;
    complained_ = true;
    log_.line(Severity::error,
              "/run/driver-override: what is done cannot be recorded: " + error.message());
  }

 private:
  const Root& root_;
  Claims claims_;
  const Configuration& configuration_;
  const Log& log_;
  bool complained_ = false;
};

/// True if the device, or the rule, has come after the early hook.
bool is_late(const Action& action, const Configuration& configuration,
             const Circumstances& circumstances) {
  return action.late || circumstances.late ||
         configuration.sources[configuration.rule_sources[action.rule]].late;
}

}  // namespace

void recall_claims(const Root& root, Plan& plan) {
  const Claims claims(root);
  for (Action& action : plan.actions) {
    const std::optional<Claim> claim = claims.find(action.device.id);
    if (!claim || claim->inode != incarnation(root, action.device.id)) continue;
    const bool is_ours =
        claim->state != ClaimState::cleared && claim->state != ClaimState::left_alone;
    if (is_ours) action.our_override = claim->driver;
    action.hung_before = claim->hangs;
    action.late = claim->late;
  }
}

std::vector<Outcome> execute(const Root& root, const Configuration& configuration, Plan plan,
                             const Circumstances& circumstances, const Log& log, Report& report) {
  recall_claims(root, plan);
  Record record(root, configuration, log);
  for (Action& action : plan.actions) {
    action.late = is_late(action, configuration, circumstances);
    report.before(action);
    record.put(action, ClaimState::pending);
  }
  SysfsKernel kernel(root);
  const Listener listener = {
      [&](const Outcome& outcome) {
        report.outcome(outcome);
        record.put(outcome.action, claim_state(outcome.state), outcome.detail, outcome.hangs);
      },
      [&](const DeviceId* device, const std::string& what) { report.slow(device, what); }};
  std::vector<Outcome> outcomes =
      carry_out(plan, kernel, circumstances.extent, circumstances.deadlines, listener);
  report.summary(outcomes);
  return outcomes;
}

void spare_what_is_in_use(const Root& root, Plan& plan) {
  const InUse in_use(root);
  std::vector<Action> kept;
  for (Action& action : plan.actions) {
    const bool loses = action.device.driver && action.device.driver != action.driver;
    const auto uses = loses ? in_use.uses(root, action.device.id) : std::vector<std::string>();
    if (uses.empty())
      kept.push_back(std::move(action));
    else
      plan.skips.push_back({action.device, action.rule,
                            "it is in use: " + uses.front() + "; --force takes it all the same",
                            true});
  }
  plan.actions = std::move(kept);
}

bool has_failed(const Plan& plan, const std::vector<Outcome>& outcomes) {
  return std::any_of(plan.skips.begin(), plan.skips.end(),
                     [](const Skip& skip) { return skip.refused; }) ||
         std::any_of(outcomes.begin(), outcomes.end(), [](const Outcome& outcome) {
           return outcome.state == State::failed || outcome.state == State::unfinished;
         });
}

}  // namespace driver_override
