// SPDX-License-Identifier: LGPL-2.1-or-later
// PCI addresses with other marks between their numbers than a rule has.
#pragma once

#include <string>
#include <string_view>

namespace driver_override {

/// The address that was meant, such as "0000:0a:00.0" for libvirt's "pci_0000_0a_00_0"; empty if
/// the text is no address in any spelling.
std::string respelled_address(std::string_view text);

/// The range of functions or slots that was meant, such as "0a:00.0-3" for "0a:00.0..3" and for
/// "0a:00.0-0a:00.3"; empty if the text is none in any spelling.
std::string respelled_range(std::string_view text);

}  // namespace driver_override
