// SPDX-License-Identifier: LGPL-2.1-or-later
// The address of one PCI function, as numbers. Patterns of addresses are parser/pci_address's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace driver_override {

struct PciSlot {
  std::uint32_t domain = 0;  ///< 0 to 0xffffffff; VMD domains start at 0x10000
  std::uint32_t bus = 0;     ///< 0 to 0xff
  std::uint32_t device = 0;  ///< 0 to 0x1f
  std::uint32_t function = 0;

  friend auto operator<=>(const PciSlot&, const PciSlot&) = default;
};

/// Reads a device's name in sysfs, such as "0000:02:00.0"; none if it is no address.
std::optional<PciSlot> parse_pci_slot(std::string_view name);

/// The name in sysfs (drivers/pci/probe.c, pci_setup_device: `%04x:%02x:%02x.%d`).
std::string to_text(const PciSlot& slot);

}  // namespace driver_override
