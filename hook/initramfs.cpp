// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/initramfs.hpp"

namespace driver_override {

bool is_image_of_dracut(const Root& root) {
  return root.exists("etc/initrd-release") || root.exists("usr/lib/initrd-release");
}

bool is_initramfs(const Root& root) {
  return is_image_of_dracut(root) || root.exists("conf/initramfs.conf");
}

}  // namespace driver_override
