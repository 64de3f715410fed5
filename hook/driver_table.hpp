// SPDX-License-Identifier: LGPL-2.1-or-later
// The drivers whose module has another name. driver_table.cpp is generated: hook/driver-table/make
// says from what.
#pragma once

#include <string_view>

namespace driver_override {

/// The drivers of a bus whose module has another name: lines "DRIVER=MODULE\n" in the order of
/// bytes, or nothing. One text instead of an array of strings: pointers would cost relocations when
/// the program starts.
std::string_view driver_table(std::string_view bus);

}  // namespace driver_override
