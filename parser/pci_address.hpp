// SPDX-License-Identifier: LGPL-2.1-or-later
// A PCI address as a rule writes it, with the limits of its fields.
#pragma once

#include <string_view>

#include "parser/message.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// The greatest values of the fields (include/uapi/linux/pci.h, PCI_DEVFN; a domain is an int, and
/// VMD's are above 16 bits).
constexpr std::uint32_t domain_limit = 0xffffffff;
constexpr std::uint32_t bus_limit = 0xff;
constexpr std::uint32_t device_limit = 0x1f;
constexpr std::uint32_t function_limit = 7;

/// Reads `[domain:]bus:device[.function][/device[.function]]…`; a left-out domain is 0.
/// \param raw     the address as written
/// \param offset  where `raw` starts in its source, in bytes
/// \return the address; or an error if the form is wrong or a field is above its limit
Parsed<PciAddress> parse_pci_address(std::string_view raw, std::size_t offset);

/// True if parse_pci_address() reads the text.
bool is_pci_address(std::string_view text);

/// Why no device can have this address, such as `?` for a field of two digits; none if one can.
std::optional<std::string> unmatchable_pci_field(const PciAddress& address);

}  // namespace driver_override
