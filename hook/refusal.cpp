// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/refusal.hpp"

#include <cerrno>

#include "hook/vfio.hpp"

namespace driver_override {
namespace {

constexpr int probe_deferred = 517;  ///< include/linux/errno.h, EPROBE_DEFER

std::string refusal_cause(VfioRefusal refusal, const std::string& driver) {
  switch (refusal) {
    case VfioRefusal::bridge:
      return driver + " takes no bridge";
    case VfioRefusal::no_iommu_group:
      return "it is in no IOMMU group; the IOMMU must be on, in the firmware and in the kernel";
    case VfioRefusal::virtual_functions:
      break;
  }
  return "it has virtual functions, which must be removed first (sriov_numvfs)";
}

/// What is known of vfio to be behind the errno; empty if nothing is.
std::string vfio_refusal_cause(Kernel& kernel, const Action& action, int number) {
  const auto has_link = [&](const std::string& name) {
    return kernel.has_link(action.device.id, name);
  };
  if (!is_vfio(action.driver)) return {};
  for (const VfioRefusal refusal : vfio_refusals(action.device, has_link))
    if (number == vfio_error_of(refusal)) return refusal_cause(refusal, action.driver);
  return {};
}

/// What is known to be behind the errno; empty if nothing is.
std::string known_refusal_cause(Kernel& kernel, const Action& action, int number) {
  if (std::string cause = vfio_refusal_cause(kernel, action, number); !cause.empty()) return cause;
  if (number == EBUSY)
    return "something else is using the device or its resources, perhaps a framebuffer";
  if (number == ENODEV) return "the driver does not support this device";
  if (number == EPERM || number == EACCES) return "the kernel forbids it (perhaps by lockdown)";
  return {};
}

}  // namespace

bool is_deferred_refusal(const std::error_code& error) {
  return error.value() == EAGAIN || error.value() == probe_deferred;
}

std::string explain_refusal(Kernel& kernel, const Action& action, const std::error_code& error) {
  if (!error) return "the kernel gave no reason";
  if (error == std::errc::no_such_file_or_directory)
    return "it has no bind file, so the reason is unknown";
  const std::string cause = known_refusal_cause(kernel, action, error.value());
  const std::string words = error.message();
  return cause.empty() ? words : words + ": " + cause;
}

}  // namespace driver_override
