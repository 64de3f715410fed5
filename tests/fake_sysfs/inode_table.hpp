// SPDX-License-Identifier: LGPL-2.1-or-later
// Which path each node that the kernel knows stands for: the kernel's side of a FUSE lookup.
// It knows no operation and no device.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "tests/fake_sysfs/sysfs_tree.hpp"

namespace fake_sysfs {

/// A node as the kernel refers to it. The inode tells whether the path still is what it was.
struct KnownNode {
  std::string path;
  std::uint64_t inode = 0;
  std::uint64_t lookups = 0;
};

class InodeTable {
 public:
  static constexpr std::uint64_t root = 1;

  /// Notes that the kernel looked a path up, and returns its number. A folder keeps its number;
  /// anything else gets a new one each time, because the kernel lets one write to a FUSE inode wait
  /// for another, and a write that hangs in drivers_probe must not stop the next.
  std::uint64_t look_up(const std::string& path, const Node& node);

  /// Notes that the kernel dropped that many lookups of a node.
  void forget(std::uint64_t number, std::uint64_t lookups);

  /// The node of that number; null if the kernel has forgotten it.
  [[nodiscard]] const KnownNode* find(std::uint64_t number) const;

 private:
  std::map<std::uint64_t, KnownNode> nodes_;
  std::map<std::pair<std::string, std::uint64_t>, std::uint64_t> folders_;
  std::uint64_t next_number_ = root + 1;
};

}  // namespace fake_sysfs
