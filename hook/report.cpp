// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/report.hpp"

#include <algorithm>
#include <map>

#include "hook/plan_review.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

constexpr std::size_t most_devices = 32;  ///< above that, one line per rule
constexpr std::size_t most_messages = 16;

/// Others set an override for a reason, such as the kernel for a VF of an assigned card.
std::string replaced_override_text(const Outcome& outcome) {
  return outcome.replaced.empty() ? "" : "; its override was " + in_quotes(outcome.replaced);
}

std::string outcome_text(const Outcome& outcome) {
  const std::string device = to_text(outcome.action.device.id) + ": ";
  const bool free = outcome.action.driver == no_driver;
  const std::string driver = free ? "no driver" : in_quotes(outcome.action.driver);
  switch (outcome.state) {
    case BindState::bound:
      return device + (free ? "has no driver" : "bound to " + driver) +
             replaced_override_text(outcome);
    case BindState::unchanged:
      return device + (free ? "has no driver already" : "is bound to " + driver + " already");
    case BindState::left_alone:
      return device + "left alone: " + outcome.reason;
    case BindState::waiting:
      return device + "override " + driver +
             (outcome.is_override_set ? " is set" : " is not set yet") +
             " and waits: " + outcome.reason;
    case BindState::written:
      return device + "override " + driver + " is set; no driver was probed" +
             replaced_override_text(outcome);
    case BindState::failed:
    case BindState::unfinished:
      break;
  }
  return device + (free ? "not freed: " : "not bound to " + driver + ": ") + outcome.reason;
}

std::size_t count_outcomes(const std::vector<Outcome>& all, BindState state) {
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const Outcome& outcome) { return outcome.state == state; }));
}

}  // namespace

Report::Report(const Log& log, const Configuration& configuration)
    : log_(log), configuration_(configuration) {}

std::string Report::rule_text(std::size_t rule) const {
  return in_quotes(configuration_.rules[rule].text);
}

void Report::configuration() const {
  std::size_t left = most_messages;
  std::size_t hidden = 0;
  for (const Message& message : configuration_.messages) {
    // A source that cannot be read is always told of.
    if (message.place && left == 0) {
      ++hidden;
      continue;
    }
    if (message.place) --left;
    for (const std::string& line : render(configuration_, message))
      log_.line(message.severity, line);
  }
  if (hidden > 0)
    log_.line(Severity::error, std::to_string(hidden) +
                                   (hidden == 1 ? " more message" : " more messages") +
                                   "; \"driver-override check\" shows them all");
  const RuleCount rules = count_configured_rules(configuration_);
  if (rules.left_out > 0) log_.line(Severity::error, to_text(rules));
}

/// Late rules are read ahead of the image's, wherever their files stand; both come before the
/// command line.
std::string Report::unspared_text(const Plan::Unspared& unspared) const {
  const auto source_of = [&](std::size_t rule) -> const Source& {
    return configuration_.sources[configuration_.rule_sources[rule]];
  };
  const Source& taker = source_of(unspared.rule);
  const bool image_lacks_it =
      source_of(unspared.exemption).late && !taker.late && taker.kind == Source::Kind::drop_in_line;
  return to_text(unspared, configuration_.rules, image_lacks_it);
}

void Report::plan(const Plan& plan) {
  for (const Plan::Unmatched& unmatched : plan.unmatched)
    log_.line(unmatched.fault.empty() ? Severity::warning : Severity::error,
              to_text(unmatched, configuration_.rules[unmatched.rule]));
  for (const Plan::Unspared& unspared : plan.unspared)
    log_.line(Severity::warning, unspared_text(unspared));
  skipped_ = plan.skips.size();
  summary_only_ = plan.actions.size() + plan.skips.size() > most_devices;
  if (!summary_only_) {
    for (const Skip& skip : plan.skips)
      log_.line(skip.refused ? Severity::error : Severity::note,
                to_text(skip.device.id) + ": left alone: " + skip.reason);
    return;
  }
  std::map<std::size_t, std::size_t> devices;
  for (const Action& action : plan.actions) ++devices[action.rule];
  for (const auto& [rule, number] : devices)
    log_.line(Severity::note, rule_text(rule) + " takes " + std::to_string(number) +
                                  (number == 1 ? " device" : " devices"));
  for (const Skip& skip : plan.skips)
    if (skip.refused)
      log_.line(Severity::error, to_text(skip.device.id) + ": left alone: " + skip.reason);
  const std::size_t left = plan.skips.size();
  if (left > 0)
    log_.line(Severity::note,
              std::to_string(left) + (left == 1 ? " device is" : " devices are") + " left alone");
}

void Report::before(const Action& action) {
  if (!summary_only_)
    log_.line(Severity::note, to_text(action.device.id) + ": override " + in_quotes(action.driver) +
                                  ", by " + rule_text(action.rule));
}

void Report::outcome(const Outcome& outcome) {
  const bool failed = outcome.state == BindState::failed || outcome.state == BindState::unfinished;
  const bool odd = outcome.state == BindState::left_alone || outcome.state == BindState::waiting;
  if (failed || odd || !outcome.replaced.empty() || !summary_only_)
    log_.line(failed ? Severity::error
              : odd  ? Severity::warning
                     : Severity::note,
              outcome_text(outcome));
}

void Report::slow(const DeviceId* device, const std::string& what) {
  log_.line(Severity::warning, (device != nullptr ? to_text(*device) + ": " : std::string()) +
                                   what + " is taking long");
}

void Report::summary(const std::vector<Outcome>& all) const {
  if (all.empty()) return;
  const auto part = [&](std::size_t number, const char* what, bool always = false) {
    return number > 0 || always ? std::to_string(number) + what : std::string();
  };
  const std::size_t written = count_outcomes(all, BindState::written);
  const std::size_t failed =
      count_outcomes(all, BindState::failed) + count_outcomes(all, BindState::unfinished);
  log_.line(failed > 0 ? Severity::error : Severity::note,
            part(count_outcomes(all, BindState::bound), " bound, ", written == 0) +
                part(written, " written, ") +
                part(count_outcomes(all, BindState::unchanged), " bound already, ", written == 0) +
                part(count_outcomes(all, BindState::left_alone) + skipped_, " left alone, ", true) +
                part(count_outcomes(all, BindState::waiting), " waiting, ") +
                part(failed, " failed", true));
}

}  // namespace driver_override
