// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/device_paths.hpp"

#include <algorithm>
#include <boost/filesystem/path.hpp>

#include "hook/match.hpp"
#include "hook/sysfs.hpp"
#include "parser/pci_address.hpp"
#include "parser/printable.hpp"
#include "parser/rule_parser.hpp"

namespace driver_override {
namespace {

namespace fs = boost::filesystem;

/// Joins a link's target to the folder that it stands in, and takes `.` and `..` out. Nothing leads
/// out of the root: `lexically_normal` of Boost 1.74 leaves `/..` as it stands.
fs::path join_device_path(fs::path folder, std::string_view target) {
  if (target.substr(0, 1) == "/") folder.clear();
  // Without the slashes in front: two of them begin a host's name for Boost.Filesystem.
  target.remove_prefix(std::min(target.find_first_not_of('/'), target.size()));
  for (const fs::path& part : fs::path(target.begin(), target.end())) {
    if (part == "..")
      folder = folder.parent_path();
    else if (part != ".")
      folder /= part;
  }
  return folder;
}

/// The class device of that name, in any class: a block device, a network interface, a drm node.
std::optional<std::string> path_of_class_device(const Root& root, const std::string& name) {
  std::error_code error;
  for (const std::string& group : root.list("sys/class", error))
    if (auto path = device_path_behind_link(root, "sys/class/" + group, name)) return path;
  return std::nullopt;
}

/// The devices on the bus that a rule with this device part would name.
std::vector<DeviceId> devices_named_by_path(const Root& root, const std::string& rule_start) {
  const ParsedRules parsed = parse_rules(rule_start + "=x", 0);
  std::vector<DeviceId> found;
  if (parsed.rules.size() != 1 || parsed.rules[0].bad) return found;
  for (const Device& device : read_sysfs_inventory(root, parsed.rules).devices)
    found.push_back(device.id);
  return found;
}

/// The device at or above a path in /sys, such as "/sys/class/net/eno1" or the file
/// driver_override of a device.
std::optional<DeviceId> device_at_path(const Root& root, std::string text) {
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  const fs::path path = text.substr(1);
  if (!path.has_parent_path()) return std::nullopt;
  const auto target =
      device_path_behind_link(root, path.parent_path().native(), path.filename().native());
  return last_device_on_path(root, target.value_or(path.native()));
}

}  // namespace

std::optional<std::string> device_path_behind_link(const Root& root, const std::string& directory,
                                                   const std::string& name) {
  const auto target = root.link_target(directory, name);
  if (!target) return std::nullopt;
  return join_device_path(directory, *target).native();
}

std::optional<std::string> real_device_path(const Root& root, const DeviceId& device) {
  return device_path_behind_link(root, "sys/bus/" + device.bus + "/devices", device.name);
}

std::optional<DeviceId> last_device_on_path(const Root& root, const std::string& path) {
  for (fs::path folder = path; folder.has_parent_path(); folder = folder.parent_path()) {
    const auto bus = root.link(folder.native(), "subsystem");
    if (bus && root.exists((folder / "driver_override").native()))
      return DeviceId{*bus, folder.filename().native()};
  }
  return std::nullopt;
}

std::vector<DeviceId> find_devices_at_path(const Root& root, std::string_view word,
                                           std::string& error) {
  const std::string text(word);
  std::vector<DeviceId> found;
  const bool is_node = text.compare(0, 5, "/dev/") == 0;
  std::optional<DeviceId> device;
  if (text.compare(0, 5, "/sys/") == 0)
    device = device_at_path(root, text);
  else if (!is_node && text.find(',') != std::string::npos)
    found = devices_named_by_path(root, text);
  else if (is_pci_address(word))
    found = devices_named_by_path(root, "pci," + text);
  else if (text.find('/', is_node ? 5 : 0) == std::string::npos)
    if (const auto path = path_of_class_device(root, is_node ? text.substr(5) : text))
      device = last_device_on_path(root, *path);
  if (device) found.push_back(*device);
  if (found.empty())
    error = "there is no device " + in_quotes(word) +
            "; name it as BUS,NAME, by its PCI address, as a network interface, as a node in /dev "
            "or by its "
            "path in /sys";
  return found;
}

}  // namespace driver_override
