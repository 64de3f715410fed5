// SPDX-License-Identifier: LGPL-2.1-or-later
// How a whole rule names a device: by its bus, its class and the strongest of its patterns.
// What follows from it is hook/plan's.
#pragma once

#include "hook/device.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// A stronger naming is a greater one. A slot or a path is spelled out, and is no exact name.
enum class Naming { not_named, by_pattern, spelled_out, exactly };

struct Named {
  Naming how = Naming::not_named;
  const DevicePattern* part = nullptr;  ///< of the rule; null if it does not name the device
};

/// True if neither the rule's bus nor its class rules the device out. A class counts for sound
/// rules only, and a device whose class is unknown is of none.
bool may_rule_name(const Rule& rule, const Device& device);

/// The strongest of the rule's namings.
Named strongest_naming(const Rule& rule, const Device& device);

}  // namespace driver_override
