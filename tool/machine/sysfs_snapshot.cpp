// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/sysfs_snapshot.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "hook/sysfs.hpp"
#include "tool/machine/device_paths.hpp"
#include "tool/machine/overridable_devices.hpp"
#include "tool/machine/present_overrides.hpp"

namespace driver_override {
namespace {

/// None of them waits behind a probe that hangs, as driver_override and uevent do.
constexpr std::array<const char*, 14> device_attributes = {
    "boot_vga",         "class",
    "class_id",         "device",
    "modalias",         "removable",
    "sriov_offset",     "sriov_stride",
    "sriov_totalvfs",   "sriov_vf_device",
    "subsystem_device", "subsystem_vendor",
    "vendor",           "of_node/compatible"};
constexpr std::array<const char*, 5> device_links = {"driver", "iommu_group", "physfn", "subsystem",
                                                     "virtfn"};
constexpr std::array<const char*, 4> block_attributes = {"dev", "dm/name", "hidden", "partition"};
constexpr std::array<const char*, 4> module_attributes = {
    "module/parameters/sig_enforce", "vfio/parameters/enable_unsafe_noiommu_mode",
    "vfio_pci/parameters/ids", "vfio_platform/parameters/reset_required"};

std::string below_sysfs(std::string directory, const std::string& name) {
  return std::move(directory.append("/").append(name));
}

class SysfsSnapshot {
 public:
  SysfsSnapshot(const Root& root, PrivateWords& words, SnapshotFolder& folder)
      : root_(root), words_(words), folder_(folder) {}

  void run() {
    for (const std::string& bus : list("sys/bus")) copy_bus(bus);
    copy_overrides();
    copy_classes();
    copy_links("sys/dev/block");
    copy_groups();
    copy_btrfs();
    copy_modules();
    copy_file("sys/kernel/security/lockdown");
  }

 private:
  [[nodiscard]] std::vector<std::string> list(const std::string& path) const {
    std::error_code error;
    return root_.list(path, error);
  }

  void copy_file(const std::string& path) {
    std::error_code error;
    const std::string text = root_.read(path, error);
    if (!error) folder_.write(words_.hidden_interfaces(path), text);
  }

  void copy_link(const std::string& directory, const std::string& name) {
    if (const auto target = root_.link_target(directory, name))
      folder_.link(words_.hidden_interfaces(below_sysfs(directory, name)),
                   words_.hidden_interfaces(*target));
  }

  void copy_links(const std::string& directory) {
    for (const std::string& name : list(directory)) copy_link(directory, name);
  }

  void copy_bus(const std::string& bus) {
    const std::string path = "sys/bus/" + bus;
    folder_.make(path + "/devices");
    for (const std::string& driver : list(path + "/drivers"))
      folder_.make(below_sysfs(path + "/drivers", driver));
    for (const std::string& name : list(path + "/devices")) {
      copy_link(path + "/devices", name);
      copy_device({bus, name});
    }
  }

  void copy_device(const DeviceId& device) {
    const std::string path = real_device_path(root_, device).value_or(sysfs_device_path(device));
    if (!root_.exists(path)) return;  // a dangling link is all that is left of it
    folder_.make(path);
    for (const char* attribute : device_attributes) copy_file(below_sysfs(path, attribute));
    for (const std::string& name : list(path)) {
      const bool is_wanted =
          name.starts_with("consumer:pci:") ||
          std::any_of(device_links.begin(), device_links.end(), [&](const std::string& link) {
            return name == link || (link == "virtfn" && name.starts_with(link));
          });
      if (is_wanted) copy_link(path, name);
    }
    if (root_.exists(path + "/driver_override")) overridable_.push_back(device);
  }

  /// They are read by a process that is left behind if the kernel does not answer.
  void copy_overrides() {
    const auto overrides = read_present_overrides(root_, overridable_);
    for (const DeviceId& device : overridable_) {
      const auto found = overrides.find(device);
      const std::string name = found == overrides.end() ? std::string() : found->second.driver;
      folder_.write(
          real_device_path(root_, device).value_or(sysfs_device_path(device)) + "/driver_override",
          (name.empty() ? "(null)" : name) + "\n");
    }
  }

  /// Only what leads to a device that takes overrides, and what lies between it and disks.
  void copy_classes() {
    for (const std::string& group : list("sys/class")) {
      const bool is_stack = group == "block" || group == "net";
      const std::string path = "sys/class/" + group;
      for (const std::string& name : list(path)) {
        const auto target = device_path_behind_link(root_, path, name);
        if (!target) continue;
        const bool is_wanted = is_stack || group.starts_with("nvme") || group.starts_with("vfio") ||
                               group == "iommu" || last_device_on_path(root_, *target);
        if (!is_wanted) continue;
        copy_link(path, name);
        if (group == "block") copy_block_device(*target);
        if (group == "net") copy_interface(*target);
        if (group == "nvme-subsystem") copy_links(*target);
      }
    }
  }

  void copy_block_device(const std::string& path) {
    for (const char* attribute : block_attributes) {
      std::error_code error;
      const std::string text = root_.read(below_sysfs(path, attribute), error);
      if (!error) folder_.write(below_sysfs(path, attribute), words_.hidden(text));
    }
    copy_links(path + "/holders");
    copy_links(path + "/slaves");
  }

  void copy_interface(const std::string& path) {
    for (const std::string& name : list(path))
      if (name == "master" || name.starts_with("lower_") || name.starts_with("upper_"))
        copy_link(path, name);
  }

  void copy_groups() {
    const std::string groups = "sys/kernel/iommu_groups";
    for (const std::string& group : list(groups))
      copy_links(below_sysfs(groups, group) + "/devices");
  }

  void copy_btrfs() {
    const std::string mounted = "sys/fs/btrfs";
    for (const std::string& uuid : list(mounted)) {
      const std::string path = below_sysfs(mounted, uuid) + "/devices";
      for (const std::string& name : list(path))
        if (const auto target = root_.link_target(path, name))
          folder_.link(below_sysfs(words_.hidden(path), name), *target);
    }
  }

  void copy_modules() {
    const std::string modules = "sys/module/";
    for (const std::string& module : list("sys/module")) {
      folder_.make(modules + module);
      copy_links(below_sysfs(modules + module, "drivers"));
    }
    for (const char* attribute : module_attributes) copy_file(modules + attribute);
  }

  const Root& root_;
  PrivateWords& words_;
  SnapshotFolder& folder_;
  std::vector<DeviceId> overridable_{};
};

}  // namespace

void copy_sysfs(const Root& root, PrivateWords& words, SnapshotFolder& folder) {
  SysfsSnapshot(root, words, folder).run();
}

}  // namespace driver_override
