// SPDX-License-Identifier: LGPL-2.1-or-later
// What the running system would lose with a device: mounted file systems, swap, network routes,
// whatever has claimed a disk, and the nodes that processes have open. A further kind of use is one
// function in in_use.cpp.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/plan.hpp"
#include "hook/root.hpp"
#include "tool/machine/block_devices.hpp"
#include "tool/machine/lines.hpp"
#include "tool/machine/open_nodes.hpp"

namespace driver_override {

/// How a disk of which nothing else is known is asked.
enum class DiskCheck {
  by_reading,  ///< sysfs and udev's notes alone: for a dry run
  by_opening   ///< with O_EXCL, which sees every claim; whoever wants the disk meanwhile gets EBUSY
};

class InUse {
 public:
  /// Reads /proc/self/mountinfo, /proc/swaps and the routing tables below the root. A table that is
  /// there and cannot be read counts as a use of every disk, or every network interface.
  explicit InUse(const Root& root, DiskCheck disk_check = DiskCheck::by_opening);

  /// What uses the device or anything below it, such as "the file system on /"; empty if
  /// nothing. The first device that has a node in /dev has all of /proc/PID/fd read; what takes
  /// privilege to see is not seen without.
  [[nodiscard]] std::vector<std::string> uses(const Root& root, const DeviceId& device) const;

 private:
  struct Use {
    std::string path;  ///< of the block device, interface, node or device in /sys/devices
    std::string text;
  };
  void add_block(const Root& root, const std::string& path, const std::string& text, int depth);
  void add_interface(const Root& root, const std::string& name, const std::string& text, int depth);
  /// The names in a folder; one that cannot be listed leaves all in doubt.
  std::vector<std::string> list(const Root& root, const std::string& folder);
  /// \param group  the class of the devices that the table may name
  void read_table(const Root& root, const std::string& path, const std::string& group,
                  const std::function<void(const Words&)>& take);
  void read_mounts(const Root& root);
  void read_swaps(const Root& root);
  void read_btrfs(const Root& root);
  void read_routes(const Root& root);
  /// Adds the interfaces that another is built upon, if no route says so: ports of a bridge, a
  /// bond or a virtual switch, and what carries a VLAN or a macvtap.
  void read_layers(const Root& root);
  void list_nodes(const Root& root);
  void find_open_nodes(const Root& root, const std::string& folder, std::vector<Use>& uses) const;
  /// Adds what has claimed a block device of which no use is known.
  void add_claims(const Root& root, const BlockDevice& device, std::vector<Use>& uses) const;
  static bool has_use(const std::vector<Use>& uses, const std::string& folder);

  DiskCheck disk_check_;
  std::vector<BlockDevice> block_devices_;
  std::vector<Use> uses_;
  std::vector<std::string> doubts_;  ///< why a use of any device may be unknown
  std::vector<Use> nodes_;           ///< `text` is the node's name
  mutable std::optional<std::vector<OpenNode>> open_nodes_;  ///< those among them, once asked for
};

/// Moves those actions to the skips, as faults, that would take a driver from a device in use.
void refuse_devices_in_use(const Root& root, Plan& plan);

}  // namespace driver_override
