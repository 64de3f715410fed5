// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/in_use.hpp"

#include <algorithm>
#include <array>
#include <boost/filesystem/path.hpp>
#include <cstdlib>
#include <set>

#include "hook/vfio.hpp"
#include "parser/printable.hpp"
#include "tool/machine/device_paths.hpp"
#include "tool/machine/iommu.hpp"

namespace driver_override {
namespace {

// Stacks of dm, md and bonds are a few layers high; a loop among them must end.
constexpr int deepest_stack = 8;

std::optional<std::string> block_in_use_by_node(const Root& root, const std::string& node) {
  if (node.compare(0, 5, "/dev/") != 0) return std::nullopt;
  const boost::filesystem::path place = node.substr(1);
  const std::string name = place.filename().native();
  if (auto path = device_path_behind_link(root, "sys/class/block", name)) return path;
  // /dev/mapper/NAME and /dev/disk/by-…/NAME are links to the node.
  const auto target = root.link(place.parent_path().native(), name);
  return target ? device_path_behind_link(root, "sys/class/block", *target) : std::nullopt;
}

/// True if a folder in /sys/devices is the other one or lies in it.
bool is_in_use_within(const std::string& path, const std::string& folder) {
  return path.compare(0, folder.size(), folder) == 0 &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

/// True for a destination of which no more follows than that the interface is up: link-local
/// (fe80::/10) or multicast (ff00::/8).
bool is_automatically_in_use(const std::string& destination) {
  constexpr std::array<std::string_view, 4> link_local = {"fe8", "fe9", "fea", "feb"};
  return destination.compare(0, 2, "ff") == 0 ||
         std::find(link_local.begin(), link_local.end(), destination.substr(0, 3)) !=
             link_local.end();
}

/// True for the flags of a route that only refuses (include/uapi/linux/route.h, RTF_REJECT).
bool is_reject(const std::string& flags) {
  constexpr unsigned long reject = 0x200;
  return (std::strtoul(flags.c_str(), nullptr, 16) & reject) != 0;
}

std::string use_cannot_be_read(const std::string& path, const std::error_code& error) {
  return "/" + printable(path) + " cannot be read: " + error.message();
}

/// What is not there is not used.
bool is_fault(const std::error_code& error) {
  return error && error != std::errc::no_such_file_or_directory;
}

/// The first three: a graphics card may be open in half a desktop.
std::string describe_use(const std::vector<std::string>& processes) {
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t at = 0; at < std::min(processes.size(), most); ++at)
    text += (at == 0 ? "" : ", ") + processes[at];
  if (processes.size() > most) text += " and " + std::to_string(processes.size() - most) + " more";
  return text;
}

}  // namespace

InUse::InUse(const Root& root, DiskCheck disk_check) : disk_check_(disk_check) {
  std::error_code error;
  block_devices_ = read_block_devices(root, error);
  if (is_fault(error)) doubts_.push_back(use_cannot_be_read("sys/class/block", error));
  read_mounts(root);
  read_swaps(root);
  read_btrfs(root);
  read_routes(root);
  read_layers(root);
  list_nodes(root);
}

std::vector<std::string> InUse::list(const Root& root, const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names = root.list(folder, error);
  if (is_fault(error)) doubts_.push_back(use_cannot_be_read(folder, error));
  return names;
}

void InUse::read_table(const Root& root, const std::string& path, const std::string& group,
                       const std::function<void(const Words&)>& take) {
  std::error_code error;
  for_each_row(root, path, take, error);
  if (!is_fault(error)) return;
  const std::string folder = "sys/class/" + group;
  for (const std::string& name : list(root, folder))
    if (const auto device = device_path_behind_link(root, folder, name))
      for (std::string& place : block_places_of(root, *device))
        uses_.push_back({std::move(place), use_cannot_be_read(path, error)});
}

void InUse::add_block(const Root& root, const std::string& path, const std::string& text,
                      int depth) {
  for (std::string& place : block_places_of(root, path)) uses_.push_back({std::move(place), text});
  if (depth == deepest_stack) return;
  for (const std::string& slave : list(root, path + "/slaves"))
    if (const auto below = device_path_behind_link(root, path + "/slaves", slave))
      add_block(root, *below, text, depth + 1);
}

void InUse::add_interface(const Root& root, const std::string& name, const std::string& text,
                          int depth) {
  const auto path = device_path_behind_link(root, "sys/class/net", name);
  if (!path || depth == deepest_stack) return;
  uses_.push_back({*path, text});
  constexpr std::string_view lower = "lower_";
  for (const std::string& entry : list(root, *path))
    if (entry.compare(0, lower.size(), lower) == 0)
      add_interface(root, entry.substr(lower.size()), text, depth + 1);
}

void InUse::read_mounts(const Root& root) {
  // ID PARENT MAJOR:MINOR ROOT MOUNT-POINT … - TYPE SOURCE (proc(5), mountinfo)
  read_table(root, "proc/self/mountinfo", "block", [&](const Words& words) {
    if (words.size() < 7) return;
    auto path = device_path_behind_link(root, "sys/dev/block", words[2]);
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (!path && words.end() - dash > 2) path = block_in_use_by_node(root, dash[2]);
    if (path) add_block(root, *path, "the file system on " + printable(words[4]), 0);
  });
}

void InUse::read_swaps(const Root& root) {
  read_table(root, "proc/swaps", "block", [&](const Words& words) {
    if (words.empty()) return;
    if (const auto path = block_in_use_by_node(root, words[0]))
      add_block(root, *path, "the swap on " + printable(words[0]), 0);
  });
}

void InUse::read_btrfs(const Root& root) {
  // A mount names one of its disks; all are here (fs/btrfs/sysfs.c, btrfs_sysfs_add_device).
  constexpr const char* mounted = "sys/fs/btrfs";
  std::error_code error;
  for (const std::string& uuid : list(root, mounted)) {
    const std::string folder = std::string(mounted) + "/" + uuid + "/devices";
    for (const std::string& name : root.list(folder, error)) {
      const auto path = device_path_behind_link(root, folder, name);
      if (path && !has_use(uses_, *path))
        add_block(root, *path,
                  printable(block_node_of({name, *path})) + " is part of a mounted btrfs", 0);
    }
  }
}

void InUse::read_routes(const Root& root) {
  std::set<std::string> interfaces;
  // IFACE DESTINATION GATEWAY FLAGS …, the first line is a heading (net/ipv4/fib_trie.c,
  // fib_route_seq_show)
  read_table(root, "proc/net/route", "net", [&](const Words& words) {
    if (words.size() > 3 && words[0] != "Iface") interfaces.insert(words[0]);
  });
  // DESTINATION LENGTH … FLAGS IFACE (net/ipv6/ip6_fib.c, ipv6_route_native_seq_show)
  read_table(root, "proc/net/ipv6_route", "net", [&](const Words& words) {
    if (words.size() > 9 && !is_automatically_in_use(words[0]) && !is_reject(words[8]))
      interfaces.insert(words[9]);
  });
  for (const std::string& name : interfaces)
    add_interface(root, name, "a network route through " + printable(name), 0);
}

void InUse::read_layers(const Root& root) {
  constexpr std::string_view upper = "upper_";
  for (const std::string& name : list(root, "sys/class/net")) {
    const auto path = device_path_behind_link(root, "sys/class/net", name);
    if (!path || has_use(uses_, *path)) continue;
    // net/core/dev.c, __netdev_adjacent_dev_insert
    if (const auto master = root.link(*path, "master")) {
      uses_.push_back({*path, printable(name) + " is a port of " + printable(*master)});
      continue;
    }
    for (const std::string& entry : list(root, *path))
      if (entry.compare(0, upper.size(), upper) == 0)
        uses_.push_back(
            {*path, printable(name) + " carries " + printable(entry.substr(upper.size()))});
  }
}

void InUse::list_nodes(const Root& root) {
  const auto add_class = [&](const std::string& group, const std::string& folder) {
    for (const std::string& name : list(root, "sys/class/" + group))
      if (auto path = device_path_behind_link(root, "sys/class/" + group, name))
        nodes_.push_back({std::move(*path), folder + name});
  };
  add_class("drm", "/dev/dri/");
  add_class("uio", "/dev/");
  add_class("vfio-dev", "/dev/vfio/devices/");
  // "19", or "noiommu-0" (drivers/vfio/group.c, vfio_group_alloc); it stands for those devices of
  // the group that a driver of vfio has.
  for (const std::string& name : list(root, "sys/class/vfio"))
    for (const Device& member : read_iommu_group(root, name.substr(name.find('-') + 1)))
      if (auto path = real_device_path(root, member.id);
          path && is_vfio(member.driver.value_or("")))
        nodes_.push_back({std::move(*path), "/dev/vfio/" + name});
  for (const BlockDevice& device : block_devices_)
    for (std::string& place : block_places_of(root, device.path))
      nodes_.push_back({std::move(place), block_node_of(device)});
}

void InUse::find_open_nodes(const Root& root, const std::string& folder,
                            std::vector<Use>& uses) const {
  for (const Use& node : nodes_) {
    if (!is_in_use_within(node.path, folder)) continue;
    if (!open_nodes_) {
      std::set<std::string> names;
      for (const Use& one : nodes_) names.insert(one.text);
      open_nodes_ = read_open_nodes(root, names);
    }
    std::vector<std::string> processes;
    for (const OpenNode& open : *open_nodes_)
      if (open.node == node.text) processes.push_back(open.process);
    if (!processes.empty())
      uses.push_back({node.path, printable(node.text) + " is open in " + describe_use(processes)});
  }
}

bool InUse::has_use(const std::vector<Use>& uses, const std::string& folder) {
  for (const Use& use : uses)
    if (is_in_use_within(use.path, folder)) return true;
  return false;
}

void InUse::add_claims(const Root& root, const BlockDevice& device, std::vector<Use>& uses) const {
  if (has_use(uses_, device.path) || has_use(uses, device.path)) return;
  const std::string node = printable(block_node_of(device));
  const std::vector<std::string> holders = block_holders_of(root, device);
  for (const std::string& holder : holders)
    uses.push_back({device.path, node + " is part of " + printable(holder)});
  if (!holders.empty()) return;
  if (disk_check_ == DiskCheck::by_reading && is_zfs_member(root, device))
    uses.push_back({device.path, node + " holds a part of a ZFS pool"});
  if (disk_check_ == DiskCheck::by_opening && is_block_device_claimed(root, device))
    uses.push_back({device.path, node + " is open for exclusive use"});
}

std::vector<std::string> InUse::uses(const Root& root, const DeviceId& device) const {
  const auto folder = real_device_path(root, device);
  if (!folder) return {};
  std::vector<Use> uses;
  for (const Use& use : uses_)
    if (is_in_use_within(use.path, *folder)) uses.push_back(use);
  find_open_nodes(root, *folder, uses);
  // The partitions of a disk stand behind it, and are asked first: it is claimed with them.
  for (std::size_t at = block_devices_.size(); at-- > 0;)
    for (const std::string& place : block_places_of(root, block_devices_[at].path))
      if (is_in_use_within(place, *folder)) add_claims(root, block_devices_[at], uses);
  for (const std::string& doubt : doubts_) uses.push_back({*folder, doubt});
  std::vector<std::string> texts;
  for (const Use& use : uses)
    if (std::find(texts.begin(), texts.end(), use.text) == texts.end()) texts.push_back(use.text);
  return texts;
}

void refuse_devices_in_use(const Root& root, Plan& plan) {
  const InUse in_use(root);
  std::vector<Action> kept;
  for (Action& action : plan.actions) {
    const bool loses = action.device.driver && action.device.driver != action.driver;
    const auto uses = loses ? in_use.uses(root, action.device.id) : std::vector<std::string>();
    if (uses.empty())
      kept.push_back(std::move(action));
    else
      plan.skips.push_back({action.device, action.rule,
                            "it is in use: " + uses.front() + "; --force takes it all the same",
                            true});
  }
  plan.actions = std::move(kept);
}

}  // namespace driver_override
