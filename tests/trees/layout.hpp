// SPDX-License-Identifier: LGPL-2.1-or-later
// Which folders, links and files the root of a described machine holds.
// It writes nothing. What the kernel derives by itself is made here, from what the description
// says.
#pragma once

#include <map>
#include <string>

#include "tests/fake_sysfs/sysfs_tree.hpp"
#include "tests/trees/description.hpp"

namespace device_trees {

struct Entry {
  fake_sysfs::NodeKind kind = fake_sysfs::NodeKind::folder;
  unsigned mode = 0755;  ///< permission bits
  std::string text{};    ///< a link's target, or a file's content
};

/// Every entry by its path from the root, as /sys/bus. Folders that hold something may be left out.
using Layout = std::map<std::string, Entry>;

/// Throws std::invalid_argument if the description names what does not exist, or makes a path
/// twice.
Layout lay_out(const Description& description);

}  // namespace device_trees
