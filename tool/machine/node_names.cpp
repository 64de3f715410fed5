// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/node_names.hpp"

#include <algorithm>

#include "tool/machine/block_devices.hpp"
#include "tool/machine/device_paths.hpp"

namespace driver_override {
namespace {

using Names = std::map<DeviceId, std::vector<std::string>>;

void add_node_name(const Root& root, const std::string& path, const std::string& name,
                   Names& names) {
  const auto device = last_device_on_path(root, path);
  if (!device) return;
  std::vector<std::string>& known = names[*device];
  if (std::find(known.begin(), known.end(), name) == known.end()) known.push_back(name);
}

/// The paths to a disk of NVMe are disks themselves, which are hidden (block/genhd.c).
bool is_shown_disk_name(const Root& root, const BlockDevice& device) {
  std::error_code error;
  return !root.exists(device.path + "/partition") &&
         root.read(device.path + "/hidden", error) != "1\n";
}

}  // namespace

std::map<DeviceId, std::vector<std::string>> read_node_names(const Root& root) {
  Names names;
  std::error_code error;
  for (const std::string& interface : root.list("sys/class/net", error))
    if (const auto path = device_path_behind_link(root, "sys/class/net", interface))
      add_node_name(root, *path, interface, names);
  for (const BlockDevice& disk : read_block_devices(root, error))
    if (is_shown_disk_name(root, disk))
      for (const std::string& place : block_places_of(root, disk.path))
        add_node_name(root, place, disk.name, names);
  return names;
}

}  // namespace driver_override
