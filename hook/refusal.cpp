// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/refusal.hpp"

#include <cerrno>

namespace driver_override {
namespace {

constexpr int probe_deferred = 517;  ///< include/linux/errno.h, EPROBE_DEFER

/// What is known to be behind the errno; empty where nothing is.
std::string known_cause(Kernel& kernel, const Action& action, int number) {
  const DeviceId& device = action.device.id;
  // drivers/vfio/pci/vfio_pci_core.c, vfio_pci_core_register_device
  if (is_vfio(action.driver) && number == EINVAL) {
    if (is_bridge(action.device)) return action.driver + " takes no bridge";
    if (!kernel.has_link(device, "iommu_group"))
      return "it is in no IOMMU group; the IOMMU must be on, in the firmware and in the kernel";
  }
  if (is_vfio(action.driver) && number == EBUSY && kernel.has_link(device, "virtfn0"))
    return "it has virtual functions, which must go first (sriov_numvfs)";
  if (number == EBUSY)
    return "something else holds the device or its resources, a framebuffer perhaps";
  if (number == ENODEV) return "that driver cannot serve this device";
  if (number == EPERM || number == EACCES) return "the kernel forbids it (lockdown, perhaps)";
  return {};
}

}  // namespace

bool is_vfio(const std::string& driver) {
  return driver.find("vfio") != std::string::npos;
}

bool is_deferred(const std::error_code& error) {
  return error.value() == EAGAIN || error.value() == probe_deferred;
}

std::string explain_refusal(Kernel& kernel, const Action& action, const std::error_code& error) {
  if (!error) return "it says nothing of why";
  if (error == std::errc::no_such_file_or_directory)
    return "it permits no binding by name, which would say why";
  const std::string cause = known_cause(kernel, action, error.value());
  const std::string words = error.message();
  return cause.empty() ? words : words + ": " + cause;
}

}  // namespace driver_override
