// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads the devices that rules name from /sys. Of attributes it reads only those that take no lock
// (`class`, ids), and beside them links: `driver_override` and `uevent` wait behind a probe that
// hangs.
#pragma once

#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// Where a device's folder is, below the root.
std::string sysfs_device_path(const DeviceId& device);

/// Where it was when it was looked for, by the shorter way (Device::folder).
std::string sysfs_device_path(const Device& device);

/// The ids of a PCI device; none if they cannot be read. Subsystem ids may be absent and are 0
/// then, as on bridges.
std::optional<PciIds> read_sysfs_pci_ids(const Root& root, const DeviceId& device);

/// The functions from the first one behind the root bus down to the device itself; empty if the
/// device does not exist.
std::vector<PciSlot> read_sysfs_pci_chain(const Root& root, const DeviceId& device);

/// A device with all that rules can ask for: class, driver, ids, chain.
Device read_sysfs_device(const Root& root, DeviceId id);

/// Reads what the rules need and no more: an exact name opens that device alone; only a rule with
/// anything else lists its bus, once, and only one with ids or a path reads them. What does not
/// exist is not there.
///
/// \param rules  good and bad ones; a bad one names no device
Inventory read_sysfs_inventory(const Root& root, const std::vector<Rule>& rules);

/// The same for one device alone: none in it if no rule names the device, or it does not exist.
Inventory read_sysfs_inventory(const Root& root, const std::vector<Rule>& rules,
                               const DeviceId& device);

}  // namespace driver_override
