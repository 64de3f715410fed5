// SPDX-License-Identifier: LGPL-2.1-or-later
// Which folders, links and files /sys has, made from the driver core: the layout and nothing else.
// A new file is added here, and what reading or writing it does in sysfs_model.cpp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/fake_sysfs/driver_core.hpp"

namespace fake_sysfs {

enum class NodeKind { folder, link, file };

/// Which file it is: what reading and writing it does.
enum class Attribute {
  none,
  fixed,  ///< reads as Node::text
  driver_override,
  uevent,
  uevent_trigger,  ///< the uevent of a bus or driver, which can only be written
  remove,
  drivers_probe,
  drivers_autoprobe,
  rescan,
  bind,
  unbind,
  control,  ///< the one file that a real sysfs has not
};

struct Node {
  NodeKind kind = NodeKind::folder;
  std::uint64_t inode = 0;
  unsigned mode = 0;  ///< permission bits
  Attribute attribute = Attribute::none;
  std::string text{};    ///< a link's target, or a fixed file's content
  std::string bus{};     ///< whose file it is
  std::string driver{};  ///< whose file it is; empty if it is no driver's
  Serial device = 0;     ///< whose file, folder or link it is; 0 if it is no device's
  std::vector<std::string> children{};  ///< names in a folder
};

/// Every node by its path from the mount point; the root is `/`.
using Tree = std::map<std::string, Node>;

/// The shortest way from a link to its target, as sysfs makes it. Both start with `/`.
std::string relative_target(const std::string& link, const std::string& target);

/// \param links  those that no device, driver or bus brings along
Tree build_tree(const DriverCore& core, const std::vector<LinkSpec>& links = {});

/// Brings the two links between a device and its driver up to date.
void relink_driver(Tree& tree, const Device& device);

/// What the device's `uevent` reads as.
std::string uevent_text(const Device& device);

}  // namespace fake_sysfs
