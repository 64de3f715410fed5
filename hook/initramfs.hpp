// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a root is that of an initramfs, and of which kind.
#pragma once

#include "hook/root.hpp"

namespace driver_override {

/// True in an initramfs of dracut, systemd or mkinitcpio. Since dracut 106 an image without systemd
/// has only the second file (dracut-ng, modules.d/10base and 01systemd-initrd).
bool is_image_of_dracut(const Root& root);

/// True in one of those, or in one of initramfs-tools.
bool is_initramfs(const Root& root);

}  // namespace driver_override
