// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/virtual_functions.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include "hook/sysfs.hpp"

namespace driver_override {
namespace {

/// None of these attributes takes a lock (drivers/pci/iov.c, sriov_offset_show and its like).
std::uint32_t read_virtual_function_number(const Root& root, const std::string& path) {
  std::error_code error;
  const std::string text = root.read(path, error);
  std::uint32_t number = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Bus, device and function as one number, as PCI Express routes by it.
std::uint32_t virtual_function_routing_id(const PciSlot& slot) {
  return slot.bus << 8U | slot.device << 3U | slot.function;
}

std::size_t count_virtual_functions(const Root& root, const std::string& folder) {
  std::size_t count = 0;
  std::error_code error;
  for (const std::string& name : root.list(folder, error))
    if (name.compare(0, 6, "virtfn") == 0) ++count;
  return count;
}

}  // namespace

std::optional<VirtualFunctionMaker> find_function_maker(const Root& root, const PciSlot& slot,
                                                        const std::vector<Device>& devices) {
  for (const Device& device : devices) {
    if (!device.slot || device.slot->domain != slot.domain) continue;
    const std::string folder = sysfs_device_path(device.id);
    const std::uint32_t most = read_virtual_function_number(root, folder + "/sriov_totalvfs");
    if (most == 0) continue;
    // drivers/pci/iov.c, pci_iov_virtfn_devfn
    const std::uint32_t first = virtual_function_routing_id(*device.slot) +
                                read_virtual_function_number(root, folder + "/sriov_offset");
    const std::uint32_t stride = read_virtual_function_number(root, folder + "/sriov_stride");
    const std::uint32_t wanted = virtual_function_routing_id(slot);
    if (wanted < first || (stride == 0 && wanted != first)) continue;
    const std::uint32_t index = stride == 0 ? 0 : (wanted - first) / stride;
    if (index >= most || first + index * stride != wanted) continue;
    return VirtualFunctionMaker{device.id, index + 1, most, count_virtual_functions(root, folder)};
  }
  return std::nullopt;
}

}  // namespace driver_override
