// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/boot_command.hpp"

#include <array>

namespace driver_override {
namespace {

using Parameters = std::vector<std::string>;

std::string joined(const Parameters& parameters) {
  std::string text;
  for (const std::string& parameter : parameters) text += (text.empty() ? "" : " ") + parameter;
  return text;
}

// boot.kernelParams of nixos-rebuild.
std::string nixos(const Parameters& parameters) {
  std::string list;
  for (const std::string& parameter : parameters) list += " \"" + parameter + "\"";
  return "add boot.kernelParams = [" + list + " ]; to configuration.nix, then nixos-rebuild boot";
}

std::string ostree(const Parameters& parameters) {
  std::string command = "rpm-ostree kargs";
  for (const std::string& parameter : parameters)
    command += " --append-if-missing='" + parameter + "'";
  return command;
}

std::string edit(const char* file, const char* then, const Parameters& parameters) {
  return "add " + joined(parameters) + " to the line in " + file + ", then " + then;
}

std::string proxmox(const Parameters& parameters) {
  return edit("/etc/kernel/cmdline", "proxmox-boot-tool refresh", parameters);
}

std::string kernelstub(const Parameters& parameters) {
  return "kernelstub -a '" + joined(parameters) + "'";
}

std::string grubby(const Parameters& parameters) {
  return "grubby --update-kernel=ALL --args='" + joined(parameters) + "'";
}

// /etc/default/grub.d is read by Debian's grub-mkconfig and those made from it.
std::string grub_drop_in(const Parameters& parameters) {
  return "echo 'GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX " + joined(parameters) +
         "\"' >> /etc/default/grub.d/driver-override.cfg && update-grub";
}

std::string grub(const Parameters& parameters) {
  return "add " + joined(parameters) +
         " to GRUB_CMDLINE_LINUX in /etc/default/grub, then grub-mkconfig -o /boot/grub/grub.cfg";
}

std::string grub2(const Parameters& parameters) {
  return "add " + joined(parameters) +
         " to GRUB_CMDLINE_LINUX in /etc/default/grub, then grub2-mkconfig -o "
         "/boot/grub2/grub.cfg";
}

std::string unified_kernel(const Parameters& parameters) {
  return edit("/etc/kernel/cmdline", "mkinitcpio -P", parameters);
}

std::string kernel_install(const Parameters& parameters) {
  return edit("/etc/kernel/cmdline", "kernel-install add-all", parameters);
}

struct Loader {
  std::array<const char*, 2> signs;  ///< files that must be there; null: one is enough
  std::string (*command)(const Parameters&);
};

// From what leaves no doubt to what several systems have. Proxmox reads /etc/kernel/cmdline only
// where its own tool manages the EFI partitions.
constexpr std::array<Loader, 11> loaders = {{
    {{"etc/NIXOS", nullptr}, nixos},
    {{"run/ostree-booted", nullptr}, ostree},
    {{"etc/kernel/proxmox-boot-uuids", "etc/kernel/cmdline"}, proxmox},
    {{"usr/bin/kernelstub", nullptr}, kernelstub},
    {{"usr/sbin/grubby", nullptr}, grubby},
    {{"usr/bin/grubby", nullptr}, grubby},
    {{"etc/default/grub", "usr/sbin/update-grub"}, grub_drop_in},
    {{"etc/default/grub", "usr/sbin/grub2-mkconfig"}, grub2},
    {{"etc/default/grub", nullptr}, grub},
    {{"etc/kernel/cmdline", "usr/bin/mkinitcpio"}, unified_kernel},
    {{"etc/kernel/cmdline", nullptr}, kernel_install},
}};

}  // namespace

std::string boot_command(const Root& root, const std::vector<std::string>& parameters) {
  for (const Loader& loader : loaders)
    if (root.exists(loader.signs[0]) && (!loader.signs[1] || root.exists(loader.signs[1])))
      return loader.command(parameters);
  return "add " + joined(parameters) + " to the kernel command line of your boot loader";
}

}  // namespace driver_override
