// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/settings_snapshot.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "hook/claims.hpp"
#include "hook/credentials.hpp"
#include "hook/drop_ins.hpp"
#include "hook/fields.hpp"
#include "hook/initramfs.hpp"
#include "hook/rules_in_force.hpp"
#include "hook/trial_variable.hpp"
#include "tool/machine/kernel_modules.hpp"
#include "tool/machine/lines.hpp"
#include "tool/machine/module_signature.hpp"

namespace driver_override {
namespace {

/// Whose being there says which boot loader and which generator this system has.
constexpr std::array<const char*, 23> signs = {
    "conf/initramfs.conf",
    "etc/NIXOS",
    "etc/default/grub",
    "etc/initrd-release",
    "etc/kernel/cmdline",
    "etc/kernel/proxmox-boot-uuids",
    "run/driver-override/finished",
    "run/ostree-booted",
    "sbin/dracut",
    "usr/bin/bootc",
    "usr/bin/dracut",
    "usr/bin/grubby",
    "usr/bin/kernelstub",
    "usr/bin/mkinitcpio",
    "usr/lib/dracut/modules.d/50driver-override/module-setup.sh",
    "usr/lib/initcpio/install/driver-override",
    "usr/lib/initrd-release",
    "usr/sbin/dracut",
    "usr/sbin/grub2-mkconfig",
    "usr/sbin/grubby",
    "usr/sbin/update-grub",
    "usr/sbin/update-initramfs",
    "usr/share/initramfs-tools/hooks/driver-override"};

/// Files of others, and what a line of theirs must hold to be told.
struct Telling {
  const char* path;  ///< a file, or a folder of files
  std::string_view word;
};
constexpr std::array<Telling, 18> tellings = {{
    {"etc/driverctl.d", ""},
    {"etc/modprobe.d", "ids"},
    {"run/modprobe.d", "ids"},
    {"usr/local/lib/modprobe.d", "ids"},
    {"usr/lib/modprobe.d", "ids"},
    {"lib/modprobe.d", "ids"},
    {"etc/udev/rules.d", "driver_override"},
    {"run/udev/rules.d", "driver_override"},
    {"usr/local/lib/udev/rules.d", "driver_override"},
    {"usr/lib/udev/rules.d", "driver_override"},
    {"lib/udev/rules.d", "driver_override"},
    {"etc/mkinitcpio.conf", "driver-override"},
    {"etc/mkinitcpio.conf.d", "driver-override"},
    {"etc/mkinitcpio.d", "driver-override"},
    {"etc/kernel/install.conf", "initrd_generator="},
    {"run/kernel/install.conf", "initrd_generator="},
    {"usr/local/lib/kernel/install.conf", "initrd_generator="},
    {"usr/lib/kernel/install.conf", "initrd_generator="},
}};

/// The text with empty lines in place of those that are not told. A backslash at the end of a line
/// joins the next one to it, so both are told or none.
std::string told_settings_lines(std::string_view text, std::string_view word) {
  std::string told;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    while (end > 0 && end < text.size() && text[end - 1] == '\\')
      end = std::min(text.find('\n', end + 1), text.size());
    const std::string_view line = text.substr(0, end);
    if (line.find(word) != std::string_view::npos)
      told += line;
    else
      told.append(static_cast<std::size_t>(std::count(line.begin(), line.end(), '\n')), '\n');
    if (end < text.size()) told += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return told;
}

class SettingsSnapshot {
 public:
  SettingsSnapshot(const Root& root, SnapshotFolder& folder) : root_(root), folder_(folder) {}

  void run() {
    for (const char* path : drop_in_folders) copy_rules(path);
    for (const Telling& one : tellings) copy_told(one);
    for (const char* path : signs)
      if (root_.exists(path)) folder_.write(path, settings_signature(path));
    copy_image_lines();
    copy_rules_in_force();
    copy_claims();
    copy_credentials();
    copy_trial();
    copy_pools();
  }

 private:
  [[nodiscard]] std::vector<std::string> list(const std::string& path) const {
    std::error_code error;
    return root_.list(path, error);
  }

  /// A file that cannot be read must not be read in the copy either: a link to itself.
  void copy_text(const std::string& path, std::string_view word = {}) {
    std::error_code error;
    const std::string text = root_.read(path, error);
    if (!error)
      folder_.write(path, told_settings_lines(text, word));
    else if (error != std::errc::no_such_file_or_directory)
      folder_.link(path, path.substr(path.rfind('/') + 1));
  }

  void copy_rules(const std::string& path) {
    for (const std::string& name : list(path)) {
      const std::string file = std::string(path).append("/").append(name);
      if (root_.link(path, name) == "null")
        folder_.link(file, "/dev/null");
      else if (is_drop_in_name(name))
        copy_text(file);
      else
        folder_.write(file, {});
    }
  }

  void copy_told(const Telling& one) {
    if (root_.is_file(one.path)) return copy_text(one.path, one.word);
    for (const std::string& name : list(one.path))
      copy_text(std::string(one.path).append("/").append(name), one.word);
  }

  /// Debian's update-initramfs is a script of either of two generators.
  [[nodiscard]] std::string settings_signature(const std::string& path) const {
    std::error_code error;
    if (path != "usr/sbin/update-initramfs") return {};
    return told_settings_lines(root_.read(path, error), "mkinitramfs");
  }

  /// In an image only.
  void copy_image_lines() {
    if (!is_image_of_dracut(root_)) return;
    std::vector<std::string> paths = {"etc/cmdline"};
    for (const std::string& name : list("etc/cmdline.d")) paths.push_back("etc/cmdline.d/" + name);
    for (const std::string& path : paths) {
      std::error_code error;
      const std::string text = root_.read(path, error);
      if (!error) folder_.write(path, masked_command_line(text));
    }
  }

  void copy_rules_in_force() {
    constexpr const char* path = "run/driver-override/rules";
    std::error_code error;
    Fields fields = read_fields(root_.read(path, error, rules_in_force_limit));
    if (error) return;
    for (auto& [name, value] : fields)
      if (name == "command-line" || name == "image-line") value = masked_command_line(value);
    folder_.write(path, to_text(fields));
  }

  /// The folders of the copy have other inodes than the devices: 0 stands for the same device, 1
  /// for another one.
  void copy_claims() {
    const std::string path = "run/driver-override/devices";
    for (const Claim& claim : Claims(root_).all()) {
      const std::string file = path + "/" + rule_name_of_device(claim.device);
      std::error_code error;
      Fields fields = read_fields(root_.read(file, error));
      if (error) continue;
      const bool is_same = claim.inode == incarnation(root_, claim.device);
      for (auto& [name, value] : fields)
        if (name == "inode") value = is_same ? "0" : "1";
      folder_.write(file, to_text(fields));
    }
  }

  void copy_credentials() {
    for (const Credential& one : read_credentials(root_))
      if (one.fault.empty()) folder_.write(one.path, one.text);
  }

  void copy_trial() {
    copy_text("run/driver-override/trial");
    if (root_.exists("sys/firmware/efi")) folder_.make("sys/firmware/efi");
    std::error_code error;
    const std::string value = root_.read(trial_variable, error);
    if (!error) folder_.write(trial_variable, value);
  }

  void copy_pools() {
    for (const std::string& name : list("run/udev/data"))
      if (name[0] == 'b') copy_text("run/udev/data/" + name, "E:ID_FS_TYPE=zfs_member");
  }

  const Root& root_;
  SnapshotFolder& folder_;
};

/// A file of any length, line by line.
std::string whole_settings_text(const Root& root, const std::string& path, std::error_code& error) {
  std::string text;
  for_each_line(
      root, path, [&](std::string_view line) { text.append(line) += '\n'; }, error);
  return text;
}

/// Of a module's file only its end counts, where its signature is.
void copy_settings_of_signatures(const Root& root, const std::string& folder_of_modules,
                                 const std::string& list, SnapshotFolder& folder) {
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find('\n', at), list.size());
    const std::string path =
        folder_of_modules + list.substr(at, std::min(list.find(':', at), end) - at);
    at = end + 1;
    if (root.exists(path))
      folder.write(path, is_unsigned_module(root, path) ? "no signature of this module is here\n"
                                                        : "~Module signature appended~\n");
  }
}

}  // namespace

void copy_settings(const Root& root, SnapshotFolder& folder) {
  SettingsSnapshot(root, folder).run();
}

void copy_settings_of_catalogues(const Root& root, SnapshotFolder& folder) {
  std::error_code error;
  // Where /lib is a link, both names lead to the same lists.
  if (const auto target = root.link_target(".", "lib")) {
    folder.make("usr/lib");
    folder.link("lib", *target);
  }
  const bool has_demand = !signature_demand(root).empty();
  for (const std::string& modules : module_folders(root)) {
    for (const char* name : {"modules.alias", "modules.builtin", "modules.dep"}) {
      const std::string text = whole_settings_text(root, modules + name, error);
      if (error) continue;
      folder.write(modules + name, text);
      if (has_demand && std::string_view(name) == "modules.dep")
        copy_settings_of_signatures(root, modules, text, folder);
    }
  }
  for (const char* path : {"usr/share/hwdata/pci.ids", "usr/share/misc/pci.ids"}) {
    const std::string text = whole_settings_text(root, path, error);
    if (!error) folder.write(path, text);
  }
}

}  // namespace driver_override
