// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules and devices in, a plan out. Pure: it reads nothing and touches nothing.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "hook/device.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// One device that gets an override.
struct Action {
  Device device;
  std::string driver{};      ///< what is written; "none" keeps the device without a driver
  std::size_t rule = 0;      ///< index of the deciding rule
  bool spelled_out = false;  ///< the rule names the device, or its card, by no pattern
  std::string module{};      ///< the driver's module, if the rule names it
  /// Taken only from no driver: what has one by the time that it is bound is left alone.
  bool only_if_free = false;
  std::string our_override{};  ///< what this program has written before; empty if nothing
  bool hung_before = false;    ///< an earlier run has given the device up
  /// An earlier run has begun with the device, and has not seen that the driver has it.
  bool unverified = false;
  bool late = false;  ///< the device, or the rule, has come after the early hook
};

/// One device that a rule names and that is left alone.
struct Skip {
  Device device;
  std::size_t rule = 0;  ///< index of the rule that would have taken it
  std::string reason;
  bool refused = false;  ///< a fault: another card than the rule demands, or one that is in use
};

struct Plan {
  std::vector<Action> actions;  ///< in the order of the inventory
  std::vector<Skip> skips;

  /// A good rule that names no device; or, if it names one, what else of it names none.
  struct Unmatched {
    std::size_t rule = 0;  ///< index
    bool bus_is_absent = false;
    std::string fault{};               ///< why its bus could not be listed; empty if it could
    std::vector<std::size_t> parts{};  ///< indices into Rule::devices, growing; empty: all of them
  };
  std::vector<Unmatched> unmatched;

  /// A good rule all of whose devices a later rule decides about.
  struct Overruled {
    std::size_t rule;
    std::vector<DeviceId> devices;  ///< at least one
  };
  std::vector<Overruled> overruled;

  /// An exemption that stands before a rule that takes its devices and was hardly meant as an
  /// exception to it (review_rules()).
  struct Unspared {
    std::size_t rule;               ///< index of the one that takes them
    std::size_t exemption;          ///< index of the earlier one
    std::vector<DeviceId> devices;  ///< at least one
  };
  std::vector<Unspared> unspared;
};

/// Decides for each device by the last rule that names it and may take it.
///
/// A pattern (is_rule_pattern()) takes no bridge and nothing that may hold the root file system,
/// unless the rule filters by class, never a bridge from its driver, nor a device whose class is
/// unknown; on other buses than pci only a device that is free or has the wanted driver already. A
/// device that fails its rule's guard is left alone; a pattern passes over it.
///
/// A bad rule leaves the devices that it names alone. As far as it reaches (Reach), it holds
/// earlier rules back: of those, only what they name by one exact name is taken.
Plan make_plan(const std::vector<Rule>& rules, const Inventory& inventory);

}  // namespace driver_override
