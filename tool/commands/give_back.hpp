// SPDX-License-Identifier: LGPL-2.1-or-later
// Gives devices back: the override goes, and the driver that the kernel itself would choose comes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hook/kernel.hpp"
#include "hook/steps.hpp"

namespace driver_override {

struct GiveBack {
  DeviceId device;
  std::string driver;  ///< which was given to it, if that is known: it is unbound
};

struct GivenBack {
  DeviceId device;
  bool done = false;
  std::optional<std::string> driver;  ///< that has it now
  std::string fault;                  ///< the failed step and the reason
};

/// In a child with deadlines, device by device: clears the override; unbinds the driver that the
/// device has by it; probes; if nobody takes the device, loads modules by its modalias and
/// probes once more.
///
/// \param told  is given each result as it comes, in order
void give_back(const std::vector<GiveBack>& devices, Kernel& kernel, const Deadlines& deadlines,
               const std::function<void(const GivenBack&)>& told);

}  // namespace driver_override
