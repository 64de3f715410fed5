// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/block_devices.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <chrono>

#include "hook/child.hpp"
#include "tool/machine/device_paths.hpp"

namespace driver_override {
namespace {

constexpr const char* block_folder = "sys/class/block";

std::string first_line(const Root& root, const std::string& path) {
  std::error_code error;
  const std::string text = root.read(path, error);
  return text.substr(0, text.find('\n'));
}

/// True if the node is that of the block device, and no file or other device of that name.
bool is_block_node_of(const Root& root, const std::string& node, const BlockDevice& device) {
  std::error_code error;
  const Descriptor file = root.open(node, O_PATH, error);
  struct stat status {};
  if (error || ::fstat(file.number(), &status) != 0 || !S_ISBLK(status.st_mode)) return false;
  const std::string number =
      std::to_string(major(status.st_rdev)) + ":" + std::to_string(minor(status.st_rdev));
  return number == first_line(root, device.path + "/dev");
}

}  // namespace

std::vector<std::string> block_places_of(const Root& root, const std::string& path) {
  std::vector<std::string> places = {path};
  constexpr std::string_view subsystems = "/nvme-subsystem/";
  const std::size_t at = path.find(subsystems);
  if (at == std::string::npos) return places;
  const std::string folder = path.substr(0, path.find('/', at + subsystems.size()));
  std::error_code error;
  for (const std::string& name : root.list(folder, error))
    if (name.compare(0, 4, "nvme") == 0)
      if (auto controller = device_path_behind_link(root, folder, name))
        places.push_back(std::move(*controller));
  return places;
}

std::vector<BlockDevice> read_block_devices(const Root& root, std::error_code& error) {
  std::vector<BlockDevice> devices;
  for (const std::string& name : root.list(block_folder, error))
    if (const auto path = device_path_behind_link(root, block_folder, name))
      devices.push_back({name, *path});
  return devices;
}

std::string block_node_of(const BlockDevice& device) {
  std::string name = device.name;
  std::replace(name.begin(), name.end(), '!', '/');
  return "/dev/" + name;
}

std::vector<std::string> block_holders_of(const Root& root, const BlockDevice& device) {
  std::vector<std::string> holders;
  std::error_code error;
  for (const std::string& holder : root.list(device.path + "/holders", error)) {
    const std::string name =
        first_line(root, std::string(block_folder) + "/" + holder + "/dm/name");
    holders.push_back(holder);
    if (!name.empty()) holders.back() += " (" + name + ")";
  }
  return holders;
}

bool is_zfs_member(const Root& root, const BlockDevice& device) {
  // systemd, src/libsystemd/sd-device/device-private.c, device_update_db: a property is
  // "E:KEY=VALUE"
  std::error_code error;
  const std::string notes =
      root.read("run/udev/data/b" + first_line(root, device.path + "/dev"), error);
  return ('\n' + notes).find("\nE:ID_FS_TYPE=zfs_member\n") != std::string::npos;
}

bool is_block_device_claimed(const Root& root, const BlockDevice& device) {
  const std::string node = block_node_of(device).substr(1);
  if (!is_block_node_of(root, node, device)) return false;
  // To open a disk can wait for its error handling (drivers/scsi/sd.c, sd_open).
  constexpr std::chrono::milliseconds patience{1000};
  bool claimed = false;
  Steps steps;
  steps.count = 1;
  steps.run = [&](std::size_t, const Announce&) -> std::optional<std::string> {
    std::error_code error;
    (void)root.open(node, O_RDONLY | O_EXCL, error);
    return error == std::errc::device_or_resource_busy ? "busy" : "";
  };
  steps.ended = [&](std::size_t, std::string_view learnt) { claimed = !learnt.empty(); };
  run_in_child(steps, Deadlines::for_step(patience));
  return claimed;
}

}  // namespace driver_override
