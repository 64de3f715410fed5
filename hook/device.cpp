// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/device.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "parser/name.hpp"
#include "parser/printable.hpp"

namespace driver_override {

std::string to_text(const DeviceId& device) {
  return printable(device.bus) + ' ' + printable(device.name);
}

std::string rule_name_of_device(const DeviceId& device) {
  return encode_name(device.bus) + "," + encode_name(device.name);
}

Device::Device(DeviceId name) : id(std::move(name)) {
  if (id.bus == "pci") slot = parse_pci_slot(id.name);
}

std::string pci_class_digits(std::uint32_t pci_class) {
  std::array<char, 9> text{};
  (void)std::snprintf(text.data(), text.size(), "%06x", pci_class & 0xffffffU);
  return text.data();
}

bool is_bridge_device(const Device& device) {
  constexpr std::uint32_t bridge_class = 0x06;
  return device.pci_class.value_or(0) >> 16U == bridge_class;
}

bool may_device_hold_the_root(const Device& device) {
  constexpr std::array<std::string_view, 3> vmbus_disks = {"ba6163d9-04a1-4d29-b605-72e2ffb1dc7f",
                                                           "32412632-86cb-44a2-9b5c-50d1417354f5",
                                                           "2f9bcc4a-0069-4af3-b76b-6fd0be528cda"};
  if (device.id.bus == "vmbus")
    return std::find(vmbus_disks.begin(), vmbus_disks.end(), device.vmbus_class) !=
           vmbus_disks.end();
  constexpr std::uint32_t storage = 0x01;
  constexpr std::uint32_t sd_host = 0x0805;
  constexpr std::uint32_t fibre_channel = 0x0c04;
  const std::uint32_t code = device.pci_class.value_or(0) >> 8U;
  return code >> 8U == storage || code == sd_host || code == fibre_channel;
}

}  // namespace driver_override
