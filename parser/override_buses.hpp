// SPDX-License-Identifier: LGPL-2.1-or-later
// The buses of the kernel that take overrides: by their names, slips are told from other words.
// Others may come, so another name is never an error.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace driver_override {

/// The buses with the attribute driver_override (Documentation/ABI/testing/sysfs-bus-*, and
/// drivers/base/platform.c).
constexpr std::array<std::string_view, 12> override_buses = {"pci",   "platform", "amba", "fsl-mc",
                                                             "vmbus", "css",      "spi",  "rpmsg",
                                                             "vdpa",  "cdx",      "wmi",  "ap"};

/// True for one of them, in its own letters.
inline bool is_override_bus(std::string_view bus) {
  return std::find(override_buses.begin(), override_buses.end(), bus) != override_buses.end();
}

}  // namespace driver_override
