// SPDX-License-Identifier: LGPL-2.1-or-later
// Disks, partitions and what is built of them, as sysfs shows them.
#pragma once

#include <string>
#include <vector>

#include "hook/root.hpp"

namespace driver_override {

struct BlockDevice {
  std::string name;  ///< as in sysfs, where `!` stands for the `/` of its node
  std::string path;  ///< its folder in /sys/devices
};

/// All block devices of the root, partitions included.
std::vector<BlockDevice> read_block_devices(const Root& root, std::error_code& error);

/// The folder of a block device and those of the controllers that lead to it. A namespace of NVMe
/// may lie in its subsystem, below none of them (drivers/nvme/host/multipath.c).
std::vector<std::string> block_places_of(const Root& root, const std::string& path);

/// The node of a block device, "/dev/sda1".
std::string block_node_of(const BlockDevice& device);

/// What is built upon it: "md0", "dm-3 (vg-home)".
std::vector<std::string> block_holders_of(const Root& root, const BlockDevice& device);

/// True if udev has found a part of a ZFS pool on it. Such a disk has no holders in sysfs; whether
/// the pool is imported is not known.
bool is_zfs_member(const Root& root, const BlockDevice& device);

/// True if something has claimed the block device, so that it cannot be opened with O_EXCL
/// (block/bdev.c, bd_prepare_to_claim): file systems, LVM, MD, ZFS. False if it cannot be asked
/// or does not answer within a second.
bool is_block_device_claimed(const Root& root, const BlockDevice& device);

}  // namespace driver_override
