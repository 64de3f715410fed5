// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/override_decision.hpp"

#include "parser/printable.hpp"

namespace driver_override {

OverrideDecision decide_override(const Action& action, const std::string& present) {
  using Kind = OverrideDecision::Kind;
  if (present == action.driver) return {Kind::keep};
  if (present.empty() || action.spelled_out || present == action.our_override) return {Kind::write};
  return {Kind::leave_alone,
          "its override is " + in_quotes(present) +
              " already, and only a rule that spells the device out replaces it"};
}

bool is_wanted_driver(const std::string& wanted, const std::optional<std::string>& driver) {
  return wanted == no_driver ? !driver : driver == wanted;
}

std::string missing_override_reason(const DeviceId& device, bool exists) {
  return exists ? "devices of the bus " + in_quotes(device.bus) + " take no override"
                : "the device has gone";
}

}  // namespace driver_override
