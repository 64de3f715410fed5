// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/device.hpp"

#include "parser/diagnostic.hpp"

namespace driver_override {

std::string to_text(const DeviceId& device) {
  return printable(device.bus) + ' ' + printable(device.name);
}

}  // namespace driver_override
