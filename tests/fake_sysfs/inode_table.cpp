// SPDX-License-Identifier: LGPL-2.1-or-later
// Which path each node that the kernel knows stands for.
#include "tests/fake_sysfs/inode_table.hpp"

#include <algorithm>

namespace fake_sysfs {

std::uint64_t InodeTable::look_up(const std::string& path, const Node& node) {
  std::uint64_t number = next_number_;
  if (node.kind == NodeKind::folder) {
    number = folders_.try_emplace({path, node.inode}, next_number_).first->second;
  }
  if (number == next_number_) ++next_number_;
  KnownNode& known = nodes_.try_emplace(number, KnownNode{path, node.inode, 0}).first->second;
  ++known.lookups;
  return number;
}

void InodeTable::forget(std::uint64_t number, std::uint64_t lookups) {
  const auto found = nodes_.find(number);
  if (found == nodes_.end()) return;
  KnownNode& known = found->second;
  known.lookups -= std::min(lookups, known.lookups);
  if (known.lookups > 0) return;
  const auto folder = folders_.find({known.path, known.inode});
  if (folder != folders_.end() && folder->second == number) folders_.erase(folder);
  nodes_.erase(found);
}

const KnownNode* InodeTable::find(std::uint64_t number) const {
  const auto found = nodes_.find(number);
  return found == nodes_.end() ? nullptr : &found->second;
}

}  // namespace fake_sysfs
