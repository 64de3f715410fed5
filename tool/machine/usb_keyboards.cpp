// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/usb_keyboards.hpp"

#include "tool/machine/device_paths.hpp"
#include "tool/machine/module_aliases.hpp"

namespace driver_override {
namespace {

/// "usb:v046DpC31Cd6400dc00dsc00dp00ic03isc01ip01in00" (drivers/usb/core/sysfs.c, modalias_show)
bool is_usb_keyboard(const std::string& modalias) {
  const std::size_t at = modalias.find("ic03isc");
  return at != std::string::npos && modalias.compare(at + 9, 4, "ip01") == 0;
}

}  // namespace

std::vector<std::string> usb_keyboards_below(const Root& root, const DeviceId& device) {
  std::vector<std::string> keyboards;
  const auto folder = real_device_path(root, device);
  if (!folder) return keyboards;
  const std::string start = *folder + "/";
  std::error_code error;
  for (const std::string& name : root.list("sys/bus/usb/devices", error)) {
    const DeviceId interface { "usb", name };
    if (name.find(':') == std::string::npos) continue;
    const auto path = real_device_path(root, interface);
    if (path && path->compare(0, start.size(), start) == 0 &&
        is_usb_keyboard(read_module_alias(root, interface)))
      keyboards.push_back(name);
  }
  return keyboards;
}

}  // namespace driver_override
