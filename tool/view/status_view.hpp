// SPDX-License-Identifier: LGPL-2.1-or-later
// What became of the rules: rule → device → override → driver, or why not. Pure: it is told what
// sysfs and the claims hold.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hook/claims.hpp"
#include "hook/plan.hpp"
#include "tool/machine/present_overrides.hpp"

namespace driver_override {

enum class DeviceStatus {
  ok,            ///< the wanted driver has it; for "none": no driver; for an exemption: it is free
  waiting,       ///< left to the real root
  other_driver,  ///< another driver has it
  failed,
  skipped,  ///< the rule names it and does not take it
  cleared,  ///< it was done, and its override has been removed since
  gone,     ///< it was done, and the device has gone since
  busy      ///< the kernel does not answer: a probe hangs
};

/// "ok", "waiting", "other-driver" and so on.
std::string status_name(DeviceStatus status);

struct StatusRow {
  DeviceId device;
  std::size_t rule = 0;
  std::string wanted;  ///< the driver; empty if the rule exempts
  std::string override_name;
  std::optional<std::string> driver;
  DeviceStatus status = DeviceStatus::failed;
  bool refused = false;  ///< skipped, and that is a fault
  bool late = false;     ///< it appeared after the early hook
  std::string reason;    ///< why it is not as wanted; empty if it is
};

/// What there is to judge by.
struct Observed {
  std::map<DeviceId, PresentOverride> overrides;
  std::vector<Claim> claims;
  std::map<DeviceId, std::uint64_t> incarnations{};  ///< of the devices that are there now
};

/// By rule, then by device.
std::vector<StatusRow> view_status(const Plan& plan, const std::vector<Rule>& rules,
                                   const Observed& observed);

/// True if nobody has to do anything about the row.
bool is_as_wanted(const StatusRow& row);

}  // namespace driver_override
