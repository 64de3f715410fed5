// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/proc_snapshot.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "tool/machine/block_devices.hpp"
#include "tool/machine/device_paths.hpp"
#include "tool/machine/lines.hpp"
#include "tool/machine/open_nodes.hpp"

namespace driver_override {
namespace {

bool is_proc_node(const std::string& name) {
  return name.compare(0, 5, "/dev/") == 0;
}

class ProcSnapshot {
 public:
  ProcSnapshot(const Root& root, PrivateWords& words, SnapshotFolder& folder)
      : root_(root), words_(words), folder_(folder) {}

  void run() {
    copy_command_line();
    copy_text("proc/sys/kernel/osrelease");
    copy_mounts();
    copy_swaps();
    copy_routes();
    copy_memory_map();
    copy_symbols();
    copy_open_nodes();
  }

 private:
  void copy_text(const std::string& path) {
    std::error_code error;
    const std::string text = root_.read(path, error);
    if (!error) folder_.write(path, text);
  }

  void copy_command_line() {
    constexpr const char* path = "proc/cmdline";
    std::error_code error;
    const std::string text = root_.read(path, error);
    if (!error) folder_.write(path, masked_command_line(text));
  }

  /// Writes a table from what `row` makes of its rows; empty rows are left out.
  template <typename Row>
  void copy_table(const std::string& path, Row row) {
    std::string text;
    std::error_code error;
    for_each_row(
        root_, path, [&](const Words& words) { text += row(words); }, error);
    if (!error) folder_.write(path, text);
  }

  /// The link that a node's name may be: /dev/mapper/NAME, /dev/disk/by-uuid/UUID.
  void copy_node_link(const std::string& node) {
    const std::size_t slash = node.rfind('/');
    if (const auto target = root_.link_target(node.substr(1, slash - 1), node.substr(slash + 1)))
      folder_.link(words_.hidden(node.substr(1)), *target);
  }

  void copy_mounts() {
    copy_table("proc/self/mountinfo", [&](const Words& words) -> std::string {
      const auto dash = std::find(words.begin(), words.end(), "-");
      if (words.size() < 7 || words.end() - dash < 3) return {};
      const bool is_of_disk = is_proc_node(dash[2]) ||
                              device_path_behind_link(root_, "sys/dev/block", words[2]).has_value();
      if (!is_of_disk) return {};
      if (is_proc_node(dash[2])) copy_node_link(dash[2]);
      return words[0] + " " + words[1] + " " + words[2] + " / " + words_.hidden(words[4]) +
             " rw - " + dash[1] + " " + words_.hidden(dash[2]) + " rw\n";
    });
  }

  void copy_swaps() {
    copy_table("proc/swaps", [&](const Words& words) -> std::string {
      if (words.empty() || !is_proc_node(words[0])) return {};
      copy_node_link(words[0]);
      return words_.hidden(words[0]) + " partition 0 0 0\n";
    });
  }

  /// Only the interface counts and, on IPv6, what kind of destination it is.
  void copy_routes() {
    copy_table("proc/net/route", [&](const Words& words) -> std::string {
      if (words.size() < 4 || words[0] == "Iface") return {};
      return words_.hidden_interfaces(words[0]) + " 00000000 00000000 " + words[3] + "\n";
    });
    copy_table("proc/net/ipv6_route", [&](const Words& words) -> std::string {
      if (words.size() < 10) return {};
      const std::string none(32, '0');
      const bool is_special = words[0][0] == 'f';  // link-local or multicast
      return (is_special ? words[0].substr(0, 3) + none.substr(3) : none) + " " + words[1] + " " +
             none + " 00 " + none + " 00000000 00000000 00000000 " + words[8] + " " +
             words_.hidden_interfaces(words[9]) + "\n";
    });
  }

  /// The names of the ranges, and how they lie in each other.
  void copy_memory_map() {
    constexpr const char* path = "proc/iomem";
    std::string text;
    std::error_code error;
    for_each_line(
        root_, path,
        [&](std::string_view line) {
          const std::size_t colon = line.find(" : ");
          const std::size_t level = line.find_first_not_of(' ');
          if (colon == std::string_view::npos || level > colon) return;
          text += std::string(level, ' ') + "0-0";
          text.append(line.substr(colon)) += '\n';
        },
        error);
    if (!error) folder_.write(path, text);
  }

  /// Those that boot_display asks for, and one more, so that the table is not empty.
  void copy_symbols() {
    constexpr const char* path = "proc/kallsyms";
    std::string text = "0 t other\n";
    bool is_empty = true;
    std::error_code error;
    for_each_line(
        root_, path,
        [&](std::string_view line) {
          is_empty = false;
          if (line.find("sysfb_init") == std::string_view::npos) return;
          text.append("0").append(line.substr(std::min(line.find(' '), line.size()))) += '\n';
        },
        error);
    if (!error) folder_.write(path, is_empty ? std::string() : text);
  }

  void copy_open_nodes() {
    std::set<std::string> disks;
    std::error_code error;
    for (const BlockDevice& device : read_block_devices(root_, error))
      disks.insert(block_node_of(device));
    const auto is_wanted = [&](const std::string& target) {
      return disks.count(target) != 0 || target.compare(0, 9, "/dev/dri/") == 0 ||
             target.compare(0, 10, "/dev/vfio/") == 0 || target.compare(0, 8, "/dev/uio") == 0;
    };
    for (const std::string& process : root_.list("proc", error)) {
      if (process.find_first_not_of("0123456789") != std::string::npos) continue;
      const std::string path = "proc/" + process;
      bool has_one = false;
      for (const std::string& number : root_.list(path + "/fd", error)) {
        const auto target = root_.link_target(path + "/fd", number);
        if (!target || !is_wanted(*target)) continue;
        folder_.link(std::string(path).append("/fd/").append(number), *target);
        has_one = true;
      }
      if (has_one) copy_text(path + "/comm");
    }
  }

  const Root& root_;
  PrivateWords& words_;
  SnapshotFolder& folder_;
};

}  // namespace

void copy_proc(const Root& root, PrivateWords& words, SnapshotFolder& folder) {
  ProcSnapshot(root, words, folder).run();
}

}  // namespace driver_override
