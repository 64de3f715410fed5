// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/in_use.hpp"

#include <algorithm>
#include <set>

#include "parser/diagnostic.hpp"
#include "tool/device_paths.hpp"

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

}  // namespace

InUse::InUse(const Root& root) {
  read_mounts(root);
  read_swaps(root);
  read_routes(root);
}

void InUse::add_block(const Root& root, const std::string& path, const std::string& text,
                      int depth) {
  uses_.push_back({path, text});
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

std::vector<std::string> InUse::uses(const Root& root, const DeviceId& device) const {
  const auto folder = real_device_path(root, device);
  std::vector<std::string> texts;
  if (!folder) return texts;
  for (const Use& use : uses_)
    if (use.path.compare(0, folder->size() + 1, *folder + "/") == 0 &&
        std::find(texts.begin(), texts.end(), use.text) == texts.end())
      texts.push_back(use.text);
  return texts;
}

}  // namespace driver_override
