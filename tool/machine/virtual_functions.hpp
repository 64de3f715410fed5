// SPDX-License-Identifier: LGPL-2.1-or-later
// Virtual functions that do not exist yet, and who makes them.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// A physical function that makes a virtual one.
struct VirtualFunctionMaker {
  DeviceId device;
  std::size_t number = 0;  ///< which of its functions that is, from 1
  std::size_t most = 0;    ///< how many it can make
  std::size_t now = 0;     ///< how many there are
};

/// The physical function that makes a virtual function at an address, by the offset and stride that
/// it has now; a driver may change them with the number of functions.
///
/// \param slot     where no device is
/// \param devices  among which the physical function is looked for
std::optional<VirtualFunctionMaker> find_function_maker(const Root& root, const PciSlot& slot,
                                                        const std::vector<Device>& devices);

}  // namespace driver_override
