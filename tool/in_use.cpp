// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/in_use.hpp"

#include <algorithm>
#include <set>

#include "hook/refusal.hpp"
#include "parser/diagnostic.hpp"
#include "tool/device_paths.hpp"
#include "tool/iommu.hpp"

namespace driver_override {
namespace {

// Stacks of dm, md and bonds are a few layers high; a loop among them must end.
constexpr int deepest_stack = 8;

using Words = std::vector<std::string>;

Words split(const std::string& line) {
  Words words;
  for (std::size_t at = line.find_first_not_of(" \t"); at != std::string::npos;) {
    const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(" \t", end);
  }
  return words;
}

std::vector<Words> read_table(const Root& root, const std::string& path) {
  std::error_code error;
  const std::string text = root.read(path, error);
  std::vector<Words> table;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    table.push_back(split(text.substr(at, end - at)));
    at = end + 1;
  }
  return table;
}

std::optional<std::string> block_by_node(const Root& root, const std::string& node) {
  if (node.compare(0, 5, "/dev/") != 0) return std::nullopt;
  const std::string name = node.substr(node.rfind('/') + 1);
  if (auto path = resolve_link(root, "sys/class/block", name)) return path;
  // /dev/mapper/NAME and /dev/disk/by-…/NAME are links to the node.
  const auto target = root.link(node.substr(1, node.rfind('/') - 1), name);
  return target ? resolve_link(root, "sys/class/block", *target) : std::nullopt;
}

/// True where a folder in /sys/devices is the other one or lies in it.
bool is_within(const std::string& path, const std::string& folder) {
  return path.compare(0, folder.size(), folder) == 0 &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

/// The first three: a graphics card may be open in half a desktop.
std::string describe(const std::vector<std::string>& processes) {
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t at = 0; at < std::min(processes.size(), most); ++at)
    text += (at == 0 ? "" : ", ") + processes[at];
  if (processes.size() > most) text += " and " + std::to_string(processes.size() - most) + " more";
  return text;
}

}  // namespace

InUse::InUse(const Root& root) : block_devices_(read_block_devices(root)) {
  read_mounts(root);
  read_swaps(root);
  read_routes(root);
  list_nodes(root);
}

void InUse::add_block(const Root& root, const std::string& path, const std::string& text,
                      int depth) {
  for (std::string& place : places_of(root, path)) uses_.push_back({std::move(place), text});
  if (depth == deepest_stack) return;
  std::error_code error;
  for (const std::string& slave : root.list(path + "/slaves", error))
    if (const auto below = resolve_link(root, path + "/slaves", slave))
      add_block(root, *below, text, depth + 1);
}

void InUse::add_interface(const Root& root, const std::string& name, const std::string& text,
                          int depth) {
  const auto path = resolve_link(root, "sys/class/net", name);
  if (!path || depth == deepest_stack) return;
  uses_.push_back({*path, text});
  constexpr std::string_view lower = "lower_";
  std::error_code error;
  for (const std::string& entry : root.list(*path, error))
    if (entry.compare(0, lower.size(), lower) == 0)
      add_interface(root, entry.substr(lower.size()), text, depth + 1);
}

void InUse::read_mounts(const Root& root) {
  // ID PARENT MAJOR:MINOR ROOT MOUNT-POINT … - TYPE SOURCE (proc(5), mountinfo)
  for (const Words& words : read_table(root, "proc/self/mountinfo")) {
    if (words.size() < 7) continue;
    auto path = resolve_link(root, "sys/dev/block", words[2]);
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (!path && words.end() - dash > 2) path = block_by_node(root, dash[2]);
    if (path) add_block(root, *path, "the file system on " + printable(words[4]), 0);
  }
}

void InUse::read_swaps(const Root& root) {
  for (const Words& words : read_table(root, "proc/swaps"))
    if (!words.empty())
      if (const auto path = block_by_node(root, words[0]))
        add_block(root, *path, "the swap on " + printable(words[0]), 0);
}

void InUse::read_routes(const Root& root) {
  std::set<std::string> interfaces;
  // IFACE DESTINATION GATEWAY FLAGS …, the first line is a heading (net/ipv4/fib_trie.c,
  // fib_route_seq_show)
  for (const Words& words : read_table(root, "proc/net/route"))
    if (words.size() > 3 && words[0] != "Iface") interfaces.insert(words[0]);
  // DESTINATION LENGTH … IFACE (net/ipv6/route.c, rt6_info_route); link-local ones mean no use
  for (const Words& words : read_table(root, "proc/net/ipv6_route"))
    if (words.size() > 9 && words[0] == std::string(32, '0') && words[1] == "00")
      interfaces.insert(words.back());
  for (const std::string& name : interfaces)
    add_interface(root, name, "a network route through " + printable(name), 0);
}

void InUse::list_nodes(const Root& root) {
  std::error_code error;
  const auto add_class = [&](const std::string& group, const std::string& folder) {
    for (const std::string& name : root.list("sys/class/" + group, error))
      if (auto path = resolve_link(root, "sys/class/" + group, name))
        nodes_.push_back({std::move(*path), folder + name});
  };
  add_class("drm", "/dev/dri/");
  add_class("uio", "/dev/");
  add_class("vfio-dev", "/dev/vfio/devices/");
  // "19", or "noiommu-0" (drivers/vfio/group.c, vfio_group_alloc); it stands for those devices of
  // the group that a driver of vfio has.
  for (const std::string& name : root.list("sys/class/vfio", error))
    for (const Device& member : read_iommu_group(root, name.substr(name.find('-') + 1)))
      if (auto path = real_device_path(root, member.id);
          path && is_vfio(member.driver.value_or("")))
        nodes_.push_back({std::move(*path), "/dev/vfio/" + name});
  for (const BlockDevice& device : block_devices_)
    for (std::string& place : places_of(root, device.path))
      nodes_.push_back({std::move(place), node_of(device)});
}

void InUse::find_open_nodes(const Root& root, const std::string& folder,
                            std::vector<Use>& uses) const {
  for (const Use& node : nodes_) {
    if (!is_within(node.path, folder)) continue;
    if (!open_nodes_) {
      std::set<std::string> names;
      for (const Use& one : nodes_) names.insert(one.text);
      open_nodes_ = read_open_nodes(root, names);
    }
    std::vector<std::string> processes;
    for (const OpenNode& open : *open_nodes_)
      if (open.node == node.text) processes.push_back(open.process);
    if (!processes.empty())
      uses.push_back({node.path, printable(node.text) + " is open in " + describe(processes)});
  }
}

bool InUse::has_use(const std::vector<Use>& uses, const std::string& folder) {
  for (const Use& use : uses)
    if (is_within(use.path, folder)) return true;
  return false;
}

void InUse::add_claims(const Root& root, const BlockDevice& device, std::vector<Use>& uses) const {
  if (has_use(uses_, device.path) || has_use(uses, device.path)) return;
  const std::string node = printable(node_of(device));
  const std::vector<std::string> holders = holders_of(root, device);
  for (const std::string& holder : holders)
    uses.push_back({device.path, node + " is part of " + printable(holder)});
  if (holders.empty() && is_claimed(root, device))
    uses.push_back({device.path, node + " is open for exclusive use"});
}

std::vector<std::string> InUse::uses(const Root& root, const DeviceId& device) const {
  const auto folder = real_device_path(root, device);
  if (!folder) return {};
  std::vector<Use> uses;
  for (const Use& use : uses_)
    if (is_within(use.path, *folder)) uses.push_back(use);
  find_open_nodes(root, *folder, uses);
  // The partitions of a disk stand behind it, and are asked first: it is claimed with them.
  for (std::size_t at = block_devices_.size(); at-- > 0;)
    for (const std::string& place : places_of(root, block_devices_[at].path))
      if (is_within(place, *folder)) add_claims(root, block_devices_[at], uses);
  std::vector<std::string> texts;
  for (const Use& use : uses)
    if (std::find(texts.begin(), texts.end(), use.text) == texts.end()) texts.push_back(use.text);
  return texts;
}

}  // namespace driver_override
