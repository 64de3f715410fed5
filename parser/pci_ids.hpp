// SPDX-License-Identifier: LGPL-2.1-or-later
// The ids of a PCI device as a rule writes them, as a selector (`pci:…`) and as a guard (`id=…`).
#pragma once

#include <cstdint>
#include <string_view>

#include "parser/message.hpp"

namespace driver_override {

/// Vendor, device and subsystem ids of 16 bits each. In a rule 0 means any, as in the kernel's own
/// device syntax (drivers/pci/pci.c, pci_dev_str_match); no device has the vendor id 0.
struct PciIds {
  std::uint16_t vendor = 0;
  std::uint16_t device = 0;
  std::uint16_t subvendor = 0;
  std::uint16_t subdevice = 0;

  friend bool operator==(const PciIds&, const PciIds&) = default;
};

/// Reads `vendor:device[:subvendor:subdevice]`, each hexadecimal up to ffff, or `*` for any.
/// \param raw     the ids as written
/// \param offset  where `raw` starts in its source, in bytes
Parsed<PciIds> parse_pci_ids(std::string_view raw, std::size_t offset);

/// True if the device's ids are those that the rule asks for.
bool ids_match(const PciIds& wanted, const PciIds& present);

/// "10de:2204", with the subsystem's ids behind it if `with_subsystem`.
std::string to_text(const PciIds& ids, bool with_subsystem);

}  // namespace driver_override
