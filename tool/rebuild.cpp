// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/rebuild.hpp"

#include <array>

namespace driver_override {
namespace {

struct Generator {
  const char* sign;  ///< a file that only its systems have
  const char* command;
};

// A system of ostree refuses dracut's own command. Debian's dracut comes with update-initramfs too,
// and means it.
constexpr std::array<Generator, 6> generators = {{
    {"run/ostree-booted", "rpm-ostree initramfs --enable --arg=--force"},
    {"usr/bin/mkinitcpio", "mkinitcpio -P"},
    {"usr/sbin/update-initramfs", "update-initramfs -u -k all"},
    {"usr/bin/dracut", "dracut --force --regenerate-all"},
    {"usr/sbin/dracut", "dracut --force --regenerate-all"},
    {"sbin/dracut", "dracut --force --regenerate-all"},
}};

}  // namespace

std::string rebuild_command(const Root& root) {
  for (const Generator& generator : generators)
    if (root.exists(generator.sign)) return generator.command;
  return "the command of your initramfs generator";
}

}  // namespace driver_override
