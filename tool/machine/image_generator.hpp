// SPDX-License-Identifier: LGPL-2.1-or-later
// Which program builds this system's initramfs images, and whether it puts driver-override into
// them. Several may be installed; only one is called when a kernel is.
#pragma once

#include <string>

#include "hook/root.hpp"

namespace driver_override {

struct ImageGenerator {
  std::string name;     ///< "dracut"; empty if none was found
  std::string command;  ///< what rebuilds all images
  std::string lacking;  ///< why its images lack driver-override, as a clause; empty if they have it
};

/// kernel-install's `initrd_generator=` decides (kernel-install(8)). Without it: mkinitcpio if
/// it has presets, since it takes the pacman hooks then; what update-initramfs runs, which is a
/// script of initramfs-tools or of Debian's dracut; dracut.
ImageGenerator find_image_generator(const Root& root);

}  // namespace driver_override
