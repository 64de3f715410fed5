// SPDX-License-Identifier: LGPL-2.1-or-later
// Devices as rows of columns: name, class, driver, IOMMU group, and what is known besides.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "hook/device.hpp"
#include "tool/machine/device_details.hpp"
#include "tool/view/terminal.hpp"

namespace driver_override {

/// A device as `list` shows it.
struct ListedDevice {
  Device device;
  Details details;
  std::vector<std::string> names;  ///< network interfaces and disks
};

/// One line: the device, under a name that suits the view.
struct TableRow {
  std::string name;
  const ListedDevice* device;
  std::string mark{};  ///< said at the end of the row
};

/// Prints the rows with their columns under one another.
///
/// \param indent      blanks before each row
/// \param with_group  show the IOMMU group
void print_device_table(const Terminal& terminal, const std::vector<TableRow>& rows,
                        std::size_t indent, bool with_group);

/// "VGA", or "-" on a bus without classes.
std::string table_class_text(const ListedDevice& device);

/// What the device is called and what it is: "eno1, I211 Gigabit Network Connection".
std::string table_remarks(const ListedDevice& device);

}  // namespace driver_override
