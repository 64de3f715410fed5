// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/status_view.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "hook/override_decision.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

const Claim* claim_of_status_view(const std::vector<Claim>& claims, const DeviceId& device) {
  const auto found = std::find_if(claims.begin(), claims.end(),
                                  [&](const Claim& claim) { return claim.device == device; });
  return found == claims.end() ? nullptr : &*found;
}

void set_status_in_view(StatusRow& row, DeviceStatus status, std::string reason) {
  row.status = status;
  row.reason = std::move(reason);
}

/// A device without the wanted driver, of which nothing was recorded.
void judge_unclaimed_status(StatusRow& row) {
  const std::string now = row.driver ? in_quotes(*row.driver) + " has it" : "no driver has it";
  set_status_in_view(row, row.driver ? DeviceStatus::other_driver : DeviceStatus::failed,
                     now + ", and no rule was applied to it in this boot");
}

void judge_claimed_status(StatusRow& row, const Claim& claim) {
  const std::string now = row.driver ? in_quotes(*row.driver) + " has it" : "no driver has it";
  switch (claim.state) {
    case ClaimState::left_alone:
      return set_status_in_view(row, DeviceStatus::skipped, claim.reason);
    case ClaimState::failed:
    case ClaimState::unfinished:
      return set_status_in_view(row, DeviceStatus::failed, claim.reason);
    case ClaimState::unreadable:
      return set_status_in_view(row, DeviceStatus::failed,
                                now + ", and the record of it cannot be read");
    case ClaimState::pending:
      return set_status_in_view(row, DeviceStatus::failed,
                                now + ": what was begun with it was interrupted");
    case ClaimState::waiting:
      if (!row.driver) return set_status_in_view(row, DeviceStatus::waiting, claim.reason);
      return set_status_in_view(row, DeviceStatus::other_driver, now + ": " + claim.reason);
    case ClaimState::cleared:
      return set_status_in_view(row, DeviceStatus::cleared, now + ": it was cleared in this boot");
    case ClaimState::done:
      break;
  }
  if (row.override_name.empty())
    return set_status_in_view(row, DeviceStatus::cleared,
                              now + ": its override has been cleared since");
  set_status_in_view(row, row.driver ? DeviceStatus::other_driver : DeviceStatus::failed,
                     now + " now");
}

/// Another device of the name is there than the one that was taken. In a snapshot, 0 is the number
/// of each device that is still the same.
bool is_found_again(const Claim& claim, const Observed& observed) {
  const auto present = observed.incarnations.find(claim.device);
  return claim.inode != 0 && present != observed.incarnations.end() &&
         present->second != claim.inode;
}

StatusRow view_status_of_action(const Action& action, const Observed& observed) {
  StatusRow row;
  row.device = action.device.id;
  row.rule = action.rule;
  row.wanted = action.driver;
  row.driver = action.device.driver;
  const auto present = observed.overrides.find(row.device);
  if (present != observed.overrides.end()) row.override_name = present->second.driver;
  const Claim* claim = claim_of_status_view(observed.claims, row.device);
  row.late = claim != nullptr && claim->late;
  if (present != observed.overrides.end() && present->second.busy)
    set_status_in_view(row, DeviceStatus::busy,
                       claim != nullptr && !claim->reason.empty()
                           ? claim->reason
                           : "the kernel does not answer; a driver hangs");
  else if (is_wanted_driver(row.wanted, row.driver))
    set_status_in_view(row, DeviceStatus::ok, {});
  else if (claim != nullptr && claim->state == ClaimState::done && is_found_again(*claim, observed))
    set_status_in_view(
        row, DeviceStatus::gone,
        "the device that was taken has gone, and the one that is there now is left alone: the rule "
        "is not sticky");
  else if (claim != nullptr)
    judge_claimed_status(row, *claim);
  else
    judge_unclaimed_status(row);
  return row;
}

StatusRow view_status_of_skip(const Skip& skip, const Rule& rule, const Observed& observed) {
  StatusRow row;
  row.device = skip.device.id;
  row.rule = skip.rule;
  row.wanted = rule.driver;
  row.driver = skip.device.driver;
  row.refused = skip.refused;
  const auto present = observed.overrides.find(row.device);
  if (present != observed.overrides.end()) row.override_name = present->second.driver;
  const bool exempt = !rule.bad && rule.driver.empty();
  set_status_in_view(row, exempt ? DeviceStatus::ok : DeviceStatus::skipped,
                     exempt ? std::string() : skip.reason);
  return row;
}

/// A device that is no more, under the rule of that text.
std::optional<StatusRow> view_status_of_gone(const Claim& claim, const std::vector<Rule>& rules) {
  for (std::size_t index = rules.size(); index-- > 0;) {
    if (rules[index].bad || rules[index].text != claim.rule) continue;
    StatusRow row;
    row.device = claim.device;
    row.rule = index;
    row.wanted = claim.driver;
    row.late = claim.late;
    set_status_in_view(row, DeviceStatus::gone, missing_override_reason(row.device, false));
    return row;
  }
  return std::nullopt;
}

}  // namespace

std::string status_name(DeviceStatus status) {
  constexpr std::array<const char*, 8> names = {"ok",      "waiting", "other-driver", "failed",
                                                "skipped", "cleared", "gone",         "busy"};
  return names.at(static_cast<std::size_t>(status));
}

std::vector<StatusRow> view_status(const Plan& plan, const std::vector<Rule>& rules,
                                   const Observed& observed) {
  std::vector<StatusRow> rows;
  for (const Action& action : plan.actions) rows.push_back(view_status_of_action(action, observed));
  for (const Skip& skip : plan.skips)
    rows.push_back(view_status_of_skip(skip, rules[skip.rule], observed));
  for (const Claim& claim : observed.claims) {
    const bool is_shown = std::any_of(
        rows.begin(), rows.end(), [&](const StatusRow& row) { return row.device == claim.device; });
    if (is_shown) continue;
    if (auto row = view_status_of_gone(claim, rules)) rows.push_back(std::move(*row));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const StatusRow& one, const StatusRow& other) {
    return std::tie(one.rule, one.device) < std::tie(other.rule, other.device);
  });
  return rows;
}

bool is_as_wanted(const StatusRow& row) {
  return row.status == DeviceStatus::ok || row.status == DeviceStatus::cleared ||
         (row.status == DeviceStatus::skipped && !row.refused);
}

}  // namespace driver_override
