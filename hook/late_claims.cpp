// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/late_claims.hpp"

#include <algorithm>

#include "parser/message.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

/// True if the process that made the claim was killed before it could write it, and so before it
/// touched the device.
bool is_unwritten_late_claim(const Claim& claim) {
  return claim.state == ClaimState::pending && claim.inode == 0;
}

/// True if an earlier run has done something with the device that is not left open.
bool is_late_claim_settled(const Root& root, const Claim& claim) {
  const bool is_open = claim.state == ClaimState::waiting || claim.state == ClaimState::pending;
  return !is_unwritten_late_claim(claim) &&
         !(is_open && claim.inode == incarnation(root, claim.device));
}

void log_untouched_late_claim(const Log& log, const DeviceId& device, const std::string& why) {
  log.line(Severity::error, to_text(device) + ": not touched, because " + why);
}

constexpr const char* unreadable_claim = "its claim cannot be read";

}  // namespace

void recall_late_claims(const Root& root, Plan& plan) {
  const Claims claims(root);
  if (!claims.exist()) return;
  for (Action& action : plan.actions) {
    const std::optional<Claim> claim = claims.find(action.device.id);
    if (!claim) continue;
    action.unverified = claim->state != ClaimState::done;
    if (claim->inode != incarnation(root, action.device.id)) continue;
    const bool is_ours =
        claim->state != ClaimState::cleared && claim->state != ClaimState::left_alone;
    if (is_ours) action.our_override = claim->driver;
    action.hung_before = claim->hangs;
    action.late = claim->late;
  }
}

bool leave_out_settled_late_claims(const Root& root, Plan& plan, const Log& log) {
  const Claims claims(root);
  bool are_readable = true;
  const auto is_claimed = [&](const Action& action) {
    const std::optional<Claim> claim = claims.find(action.device.id);
    if (claim && claim->state == ClaimState::unreadable) {
      are_readable = false;
      log_untouched_late_claim(log, claim->device, unreadable_claim);
    }
    return claim && is_late_claim_settled(root, *claim);
  };
  plan.actions.erase(std::remove_if(plan.actions.begin(), plan.actions.end(), is_claimed),
                     plan.actions.end());
  return are_readable;
}

bool begin_finish(const Root& root, const Log& log) {
  std::error_code error;
  root.make_directories("run/driver-override", error);
  if (!error) root.create("run/driver-override/finished", {}, error, Lasting::until_reboot);
  if (error == std::errc::file_exists) return false;
  if (error) log.line(Severity::error, "/run/driver-override/finished: " + error.message());
  return true;
}

bool LateClaims::admit(const Action& action) {
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
  if (claim->state == ClaimState::unreadable || is_unwritten_late_claim(*claim))
    return refuse(wanted.device, unreadable_claim);
  if (claim->inode == wanted.inode || !may_take_again(rule, *claim)) return false;
  claims_.record(wanted, error);
  return error ? refuse(wanted.device, error.message()) : true;
}

bool LateClaims::refuse(const DeviceId& device, const std::string& reason) {
  log_untouched_late_claim(log_, device, "it cannot be claimed: " + reason);
  has_refused_ = true;
  return false;
}

/// Another device of that name was taken before.
bool LateClaims::may_take_again(const Rule& rule, const Claim& claim) const {
  const std::string device = to_text(claim.device);
  if (claim.state == ClaimState::cleared)
    log_.line(Severity::note, device + ": left alone: it was cleared in this boot" +
                                  (rule.options.sticky ? ", which ends sticky too" : ""));
  else if (!rule.options.sticky)
    log_.line(Severity::note, device +
                                  ": left alone: a rule applies once per boot, and to a device "
                                  "that reappears only with the option sticky: " +
                                  in_quotes(rule.text));
  return rule.options.sticky && claim.state != ClaimState::cleared;
}

}  // namespace driver_override
