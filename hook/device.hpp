// SPDX-License-Identifier: LGPL-2.1-or-later
// Devices as values, as sysfs showed them at one moment.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace driver_override {

/// Which device: its bus (`/sys/bus/BUS`) and its name there.
struct DeviceId {
  std::string bus;
  std::string name;

  friend auto operator<=>(const DeviceId&, const DeviceId&) = default;
};

/// "pci 0000:02:00.0", as the kernel's own log names a device (dev_printk), printable.
std::string to_text(const DeviceId& device);

struct Device {
  DeviceId id;
  std::optional<std::uint32_t> pci_class;  ///< 24 bits: base class, sub-class, interface; pci only
  std::optional<std::string> driver;       ///< none: no driver has it
};

/// What sysfs has of that which the rules name.
struct Inventory {
  std::vector<Device> devices;         ///< sorted by bus and name, each once
  std::set<std::string> absent_buses;  ///< buses of the rules that do not exist
};

}  // namespace driver_override
