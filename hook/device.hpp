// SPDX-License-Identifier: LGPL-2.1-or-later
// Devices as values, as sysfs showed them at one moment.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "parser/pci_ids.hpp"
#include "parser/pci_slot.hpp"

namespace driver_override {

/// Which device: its bus (`/sys/bus/BUS`) and its name there.
struct DeviceId {
  std::string bus;
  std::string name;

  friend auto operator<=>(const DeviceId&, const DeviceId&) = default;
};

/// "pci 0000:02:00.0", as the kernel's own log names a device (dev_printk), printable.
std::string to_text(const DeviceId& device);

/// The same as a rule names it: "pci,0000:02:00.0", "platform,qcom%2csmem".
std::string rule_name_of_device(const DeviceId& device);

struct Device {
  /// A device of which nothing is known but its name.
  explicit Device(DeviceId name);

  DeviceId id;
  /// Its folder below the root, by a path without a link: a link in /sys costs more than all else
  /// on the way. Empty if nobody has looked; device_path() is right at any time.
  std::string folder{};
  std::optional<PciSlot> slot{};  ///< pci only: its address
  std::optional<std::uint32_t>
      pci_class{};                      ///< 24 bits: base class, sub-class, interface; pci only
  std::optional<std::string> driver{};  ///< none: no driver has it
  std::optional<PciIds> ids{};          ///< pci only, if a rule asks for ids
  std::optional<PciIds> card_ids{};     ///< those of function 0 of its slot, likewise
  /// pci only, if a rule asks for a path: from the first function behind the root bus down to the
  /// device itself.
  std::vector<PciSlot> chain{};
  /// vmbus only: its `class_id`, a GUID in lower case without braces.
  std::optional<std::string> vmbus_class{};
};

/// A PCI class as six lower-case hexadecimal digits, "030000".
/// \param pci_class  24 bits, as in Device::pci_class
std::string pci_class_digits(std::uint32_t pci_class);

/// True for a PCI device of base class 06.
bool is_bridge_device(const Device& device);

/// True for what the root file system may lie on: on pci storage (class 01), SD hosts (0805) and
/// Fibre Channel (0c04); on vmbus the channels of disks (include/linux/hyperv.h, HV_SCSI_GUID,
/// HV_IDE_GUID, HV_SYNTHFC_GUID).
bool may_device_hold_the_root(const Device& device);

/// What sysfs has of that which the rules name.
struct Inventory {
  std::vector<Device> devices;  ///< sorted by bus and name, each once
  /// Buses of the rules that do not exist, or of which nobody can tell: those are in
  /// `unlisted_buses`, too.
  std::set<std::string> absent_buses{};
  /// Buses whose devices could not be listed, and why: only what a rule names exactly is in
  /// `devices`.
  std::map<std::string, std::string> unlisted_buses{};
};

}  // namespace driver_override
