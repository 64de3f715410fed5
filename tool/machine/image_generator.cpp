// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/image_generator.hpp"

#include <algorithm>

#include "tool/machine/lines.hpp"

namespace driver_override {
namespace {

/// The first of the files that is there counts alone, as for kernel-install itself.
std::string generator_of_kernel_install(const Root& root) {
  const std::string_view key = "initrd_generator=";
  std::string generator;
  const auto take = [&](std::string_view line) {
    if (line.substr(0, key.size()) == key) generator = line.substr(key.size());
  };
  std::error_code error;
  for (const char* folder : {"etc", "run", "usr/local/lib", "usr/lib"}) {
    const std::string path = std::string(folder) + "/kernel/install.conf";
    if (!root.exists(path)) continue;
    for_each_line(root, path, take, error);
    break;
  }
  return generator;
}

bool is_dracut_generator(const Root& root) {
  return root.exists("usr/bin/dracut") || root.exists("usr/sbin/dracut") ||
         root.exists("sbin/dracut");
}

bool generator_has_presets(const Root& root) {
  std::error_code error;
  return !root.list("etc/mkinitcpio.d", error).empty();
}

/// Debian's dracut brings an update-initramfs of its own.
bool generator_runs_mkinitramfs(const Root& root) {
  std::error_code error;
  const std::string script = root.read("usr/sbin/update-initramfs", error);
  return script.find("mkinitramfs") != std::string::npos;
}

std::string missing_for_generator(const Root& root, const std::string& path) {
  return root.exists(path) ? "" : "/" + path + " is missing";
}

/// Bash reads the file: the array may have many lines, and comments.
bool generator_names_hook(const Root& root, const std::string& path) {
  bool named = false;
  const auto take = [&](std::string_view line) {
    const std::string_view code = line.substr(0, line.find('#'));
    named = named || code.find("driver-override") != std::string_view::npos;
  };
  std::error_code error;
  for_each_line(root, path, take, error);
  return named;
}

std::string lacking_in_mkinitcpio(const Root& root) {
  std::string without = missing_for_generator(root, "usr/lib/initcpio/install/driver-override");
  if (!without.empty()) return without;
  std::error_code error;
  const std::string folder = "etc/mkinitcpio.conf.d/";
  std::vector<std::string> files = {"etc/mkinitcpio.conf"};
  for (const std::string& name : root.list(folder, error)) files.push_back(folder + name);
  const bool named = std::any_of(files.begin(), files.end(), [&](const std::string& file) {
    return generator_names_hook(root, file);
  });
  return named ? "" : "HOOKS= in /etc/mkinitcpio.conf does not name driver-override";
}

ImageGenerator mkinitcpio(const Root& root) {
  return {"mkinitcpio", "mkinitcpio -P", lacking_in_mkinitcpio(root)};
}

ImageGenerator initramfs_tools(const Root& root) {
  return {"initramfs-tools", "update-initramfs -u -k all",
          missing_for_generator(root, "usr/share/initramfs-tools/hooks/driver-override")};
}

/// \param command  what builds all images: of dracut's own, or of the distribution
ImageGenerator dracut(const Root& root, const std::string& command) {
  return {
      "dracut", command,
      missing_for_generator(root, "usr/lib/dracut/modules.d/50driver-override/module-setup.sh")};
}

}  // namespace

ImageGenerator find_image_generator(const Root& root) {
  const char* regenerate = "dracut --force --regenerate-all";
  const std::string chosen = generator_of_kernel_install(root);
  const bool has_mkinitcpio = root.exists("usr/bin/mkinitcpio");
  const bool has_dracut = is_dracut_generator(root);
  if (has_mkinitcpio && chosen == "mkinitcpio") return mkinitcpio(root);
  if (has_dracut && chosen == "dracut") return dracut(root, regenerate);
  if (has_mkinitcpio && (generator_has_presets(root) || !has_dracut)) return mkinitcpio(root);
  if (root.exists("usr/sbin/update-initramfs"))
    return generator_runs_mkinitramfs(root) ? initramfs_tools(root)
                                            : dracut(root, "update-initramfs -u -k all");
  if (has_dracut) return dracut(root, regenerate);
  return {};
}

}  // namespace driver_override
