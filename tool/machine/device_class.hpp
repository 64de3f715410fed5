// SPDX-License-Identifier: LGPL-2.1-or-later
// Words for the classes of PCI devices, short enough for a column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace driver_override {

/// "VGA", "audio", "NVMe", "USB"; the first four digits of a class without a word. At most 9 bytes.
/// \param pci_class  24 bits, as in Device::pci_class
std::string class_word(std::uint32_t pci_class);

/// True if a word on a command line means the class: its word in any case, that of a wider class
/// ("display", "network", "storage"), or 2, 4 or 6 digits of it.
bool is_class(std::uint32_t pci_class, std::string_view word);

/// True for words and digits that could mean a class at all.
bool may_be_class(std::string_view word);

/// The word for a class that is nearest to a misspelt one; empty if none is near.
std::string_view nearest_device_class(std::string_view word);

}  // namespace driver_override
