// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/boot_command.hpp"

#include <array>

namespace driver_override {
namespace {

using Parameters = std::vector<std::string>;

std::string joined_boot_command(const Parameters& parameters) {
  std::string text;
  for (const std::string& parameter : parameters) text += (text.empty() ? "" : " ") + parameter;
  return text;
}

// boot.kernelParams of nixos-rebuild.
std::string nixos_command(const Parameters& parameters) {
  std::string list;
  for (const std::string& parameter : parameters) list += " \"" + parameter + "\"";
  return "add boot.kernelParams = [" + list + " ]; to configuration.nix, then nixos-rebuild boot";
}

std::string ostree_command(const Parameters& parameters) {
  std::string command = "rpm-ostree kargs";
  for (const std::string& parameter : parameters)
    command += " --append-if-missing='" + parameter + "'";
  return command;
}

std::string boot_command_to_edit(const char* file, const char* then, const Parameters& parameters) {
  return "add " + joined_boot_command(parameters) + " to the line in " + file + ", then " + then;
}

std::string proxmox_command(const Parameters& parameters) {
  return boot_command_to_edit("/etc/kernel/cmdline", "proxmox-boot-tool refresh", parameters);
}

std::string kernelstub_command(const Parameters& parameters) {
  return "kernelstub -a '" + joined_boot_command(parameters) + "'";
}

std::string grubby_command(const Parameters& parameters) {
  return "grubby --update-kernel=ALL --args='" + joined_boot_command(parameters) + "'";
}

// /etc/default/grub.d is read by Debian's grub-mkconfig and those made from it.
std::string grub_drop_in_command(const Parameters& parameters) {
  return "echo 'GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX " + joined_boot_command(parameters) +
         "\"' >> /etc/default/grub.d/driver-override.cfg && update-grub";
}

std::string grub_command(const Parameters& parameters) {
  return "add " + joined_boot_command(parameters) +
         " to GRUB_CMDLINE_LINUX in /etc/default/grub, then grub-mkconfig -o /boot/grub/grub.cfg";
}

std::string grub2_command(const Parameters& parameters) {
  return "add " + joined_boot_command(parameters) +
         " to GRUB_CMDLINE_LINUX in /etc/default/grub, then grub2-mkconfig -o "
         "/boot/grub2/grub.cfg";
}

std::string unified_kernel_command(const Parameters& parameters) {
  return boot_command_to_edit("/etc/kernel/cmdline", "mkinitcpio -P", parameters);
}

std::string kernel_install_command(const Parameters& parameters) {
  return boot_command_to_edit("/etc/kernel/cmdline", "kernel-install add-all", parameters);
}

struct Loader {
  std::array<const char*, 2> signs;  ///< files that must be there; null: one is enough
  std::string (*command)(const Parameters&);
};

// From what leaves no doubt to what several systems have. Proxmox reads /etc/kernel/cmdline only
// where its own tool manages the EFI partitions.
constexpr std::array<Loader, 11> loaders = {{
    {{"etc/NIXOS", nullptr}, nixos_command},
    {{"run/ostree-booted", nullptr}, ostree_command},
    {{"etc/kernel/proxmox-boot-uuids", "etc/kernel/cmdline"}, proxmox_command},
    {{"usr/bin/kernelstub", nullptr}, kernelstub_command},
    {{"usr/sbin/grubby", nullptr}, grubby_command},
    {{"usr/bin/grubby", nullptr}, grubby_command},
    {{"etc/default/grub", "usr/sbin/update-grub"}, grub_drop_in_command},
    {{"etc/default/grub", "usr/sbin/grub2-mkconfig"}, grub2_command},
    {{"etc/default/grub", nullptr}, grub_command},
    {{"etc/kernel/cmdline", "usr/bin/mkinitcpio"}, unified_kernel_command},
    {{"etc/kernel/cmdline", nullptr}, kernel_install_command},
}};

}  // namespace

std::string boot_command(const Root& root, const std::vector<std::string>& parameters) {
  for (const Loader& loader : loaders)
    if (root.exists(loader.signs[0]) && (!loader.signs[1] || root.exists(loader.signs[1])))
      return loader.command(parameters);
  return "add " + joined_boot_command(parameters) +
         " to the kernel command line of your boot loader";
}

}  // namespace driver_override
