// SPDX-License-Identifier: LGPL-2.1-or-later
// What a person wants to know of a device besides what a rule needs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"

namespace driver_override {

struct Details {
  std::string description;      ///< empty if nothing is known
  std::string short_name;       ///< the model alone; empty if nothing is known
  std::string ids;              ///< "10de:2204:1458:403b"; empty on buses without
  std::string class_text;       ///< "030000"; likewise
  bool exists = false;          ///< false: only a dangling link is left of it
  bool takes_override = false;  ///< the device has the attribute driver_override
  std::string override_name;
  bool busy = false;  ///< the override could not be read in time
  std::optional<std::string> iommu_group;
  std::string physical_function;  ///< of a virtual function: the PCI function that it belongs to
  /// Of a physical function: how many virtual functions it has now, and how many it can have.
  std::size_t virtual_functions = 0;
  std::size_t most_virtual_functions = 0;
};

/// Reads the details of devices, each read once.
std::map<DeviceId, Details> read_device_details(const Root& root,
                                                const std::vector<Device>& devices);

}  // namespace driver_override
