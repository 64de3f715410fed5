// SPDX-License-Identifier: LGPL-2.1-or-later
// The boot framebuffer: the firmware's picture, which a generic driver draws into until a driver of
// the card removes it. A further generic driver is one name in framebuffer.cpp.
#pragma once

#include <string>
#include <string_view>

namespace driver_override {

/// The boot framebuffer in a PCI device's memory, by the name that it has in a text such as
/// /proc/iomem: "efifb". If one lies in another, the inner, which is the driver's; empty if
/// there is none. Without CAP_SYS_ADMIN the addresses there are 0, but the names are nested as ever
/// (kernel/resource.c, r_show).
std::string_view find_framebuffer(std::string_view iomem, std::string_view device);

/// True if the driver leaves a boot framebuffer in the device's memory. What is not known here
/// is taken for a driver of the card, which removes it.
/// \param is_vga  the class is 0300: of others vfio-pci removes none (drivers/vfio/pci/
///                vfio_pci_core.c, vfio_pci_vga_init)
bool keeps_framebuffer(const std::string& driver, bool is_vga);

}  // namespace driver_override
