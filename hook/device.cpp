// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/device.hpp"

#include "parser/diagnostic.hpp"
#include "parser/name.hpp"

namespace driver_override {

std::string to_text(const DeviceId& device) {
  return printable(device.bus) + ' ' + printable(device.name);
}

std::string rule_name(const DeviceId& device) {
  return encode_name(device.bus) + "," + encode_name(device.name);
}

bool is_bridge(const Device& device) {
  constexpr std::uint32_t bridge_class = 0x06;
  return device.pci_class.value_or(0) >> 16U == bridge_class;
}

}  // namespace driver_override
