// SPDX-License-Identifier: LGPL-2.1-or-later
// The layout of a root. /sys/bus, /sys/devices and their links come from the fake sysfs; added here
// is what only programs that read look at: classes, disks, bus numbers, virtual functions.
#include "tests/trees/layout.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <utility>

#include "tests/fake_sysfs/sysfs_model.hpp"

namespace device_trees {
namespace {

using fake_sysfs::Access;
using fake_sysfs::Device;
using fake_sysfs::Node;
using fake_sysfs::NodeKind;

constexpr unsigned link_mode = 0777;
constexpr unsigned read_only = 0444;
constexpr unsigned plain_mode = 0644;

std::invalid_argument error_output(const std::string& what, const std::string& name) {
  return std::invalid_argument(what + ": " + name);
}

std::string parent_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::string domain_of(const std::string& address) {
  return address.substr(0, address.find(':'));
}

unsigned long bus_number(const std::string& address) {
  return std::strtoul(address.substr(address.find(':') + 1).c_str(), nullptr, 16);
}

std::string bus_name(const std::string& domain, unsigned long number) {
  std::array<char, 8> text{};
  static_cast<void>(std::snprintf(text.data(), text.size(), ":%02lx", number));
  return domain + text.data();
}

bool is_bridge_device(const Device& device) {
  const auto found = device.spec.attributes.find("class");
  return found != device.spec.attributes.end() && found->second.starts_with("0x0604");
}

class LayoutBuilder {
 public:
  explicit LayoutBuilder(const Description& description)
      : description_(description), model_(description.sysfs, [](const std::string&) {}) {}

  Layout build() {
    add_fake_sysfs();
    add_buses_of_pci();
    add_virtual_functions();
    for (const ClassDevice& device : description_.class_devices) add_class_device(device);
    for (const PlainFile& file : description_.files) {
      add_file(resolve(file.path), plain_mode, file.content);
    }
    for (const Link& link : description_.links) add_link(resolve(link.path), resolve(link.target));
    return std::move(layout_);
  }

 private:
  void add(const std::string& path, const Entry& entry) {
    const bool is_new = layout_.try_emplace(path, entry).second;
    if (!is_new) throw error_output("this path is there twice", path);
  }

  void add_file(const std::string& path, unsigned mode, const std::string& content) {
    add(path, {NodeKind::file, mode, content});
  }

  void add_link(const std::string& path, const std::string& target) {
    add(path, {NodeKind::link, link_mode, fake_sysfs::relative_target(path, target)});
  }

  std::string resolve(const Path& path) const {
    if (!path.owner) return path.rest;
    const Device* device = model_.core().find(path.owner->group, path.owner->name);
    if (device != nullptr) return "/sys" + device->path + path.rest;
    const auto found = class_paths_.find(*path.owner);
    if (found != class_paths_.end()) return found->second + path.rest;
    throw error_output("no such device", path.owner->group + "," + path.owner->name);
  }

  void add_fake_sysfs() {
    for (const auto& [path, node] : build_tree(model_.core())) {
      if (node.attribute == fake_sysfs::Attribute::control) continue;
      add("/sys" + (path == "/" ? "" : path), {node.kind, node.mode, text_of(path, node)});
    }
  }

  /// What a program reads there; nothing if a file can only be written.
  std::string text_of(const std::string& path, const Node& node) {
    if (node.kind == NodeKind::link) return node.text;
    if (node.kind == NodeKind::folder || (node.mode & read_only) == 0) return {};
    return model_.read(model_.open(path, Access::read).file).text;
  }

  template <typename Function>
  void for_each_pci_device(const Function& function) const {
    for (const auto& [serial, device] : model_.core().devices()) {
      if (device.spec.bus == "pci") function(device);
    }
  }

  /// The bus of a device lies beside it; that of a bridge with an empty slot in the bridge's
  /// folder.
  void add_buses_of_pci() {
    std::set<std::string> paths;
    for_each_pci_device([&](const Device& device) {
      const std::string& address = device.spec.name;
      paths.insert("/sys" + parent_of(device.path) + "/pci_bus/" +
                   bus_name(domain_of(address), bus_number(address)));
      if (!is_bridge_device(device)) return;
      const unsigned long secondary = number_bridge(device);
      paths.insert("/sys" + device.path + "/pci_bus/" + bus_name(domain_of(address), secondary));
    });
    for (const std::string& path : paths) {
      add_class_folder("pci_bus", path);
      add_file(path + "/uevent", plain_mode, "");
    }
  }

  /// Adds the bus numbers of a bridge if the description does not give them.
  /// \return its secondary bus number
  unsigned long number_bridge(const Device& bridge) {
    const auto given = bridge.spec.attributes.find("secondary_bus_number");
    if (given != bridge.spec.attributes.end()) {
      return std::strtoul(given->second.c_str(), nullptr, 10);
    }
    const std::vector<unsigned long> numbers = numbers_below(bridge);
    if (numbers.empty())
      throw error_output("no bus number, and nothing below it", bridge.spec.name);
    const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
    const std::string path = "/sys" + bridge.path;
    add_file(path + "/secondary_bus_number", read_only, std::to_string(*least) + "\n");
    const std::string subordinate = path + "/subordinate_bus_number";
    if (!layout_.contains(subordinate)) {
      add_file(subordinate, read_only, std::to_string(*most) + "\n");
    }
    return *least;
  }

  /// The bus numbers below a bridge, with those that empty bridges there keep free.
  std::vector<unsigned long> numbers_below(const Device& bridge) const {
    std::vector<unsigned long> numbers;
    for_each_pci_device([&](const Device& device) {
      const bool is_below = device.path.starts_with(bridge.path + "/") &&
                            domain_of(device.spec.name) == domain_of(bridge.spec.name);
      if (!is_below) return;
      numbers.push_back(bus_number(device.spec.name));
      const auto kept = device.spec.attributes.find("subordinate_bus_number");
      if (kept == device.spec.attributes.end()) return;
      numbers.push_back(std::strtoul(kept->second.c_str(), nullptr, 10));
    });
    return numbers;
  }

  /// Virtual functions count from 0 in the order of their addresses (drivers/pci/iov.c).
  void add_virtual_functions() {
    std::map<std::string, unsigned> counts;
    for (const auto& [virtual_function, physical_function] : description_.physical_functions) {
      const std::string child = resolve({Owner{"pci", virtual_function}, ""});
      const std::string parent = resolve({Owner{"pci", physical_function}, ""});
      const unsigned number = counts[parent]++;
      add_link(child + "/physfn", parent);
      add_link(parent + "/virtfn" + std::to_string(number), child);
    }
    for (const auto& [parent, count] : counts) {
      add_file(parent + "/sriov_numvfs", plain_mode, std::to_string(count) + "\n");
    }
  }

  /// What every device of a class has; `device` leads to the next device above it.
  void add_class_folder(const std::string& group, const std::string& path) {
    layout_.try_emplace(path);  // a device of a bus may lie in it, and have made it
    add_link(path + "/subsystem", "/sys/class/" + group);
    add_link("/sys/class/" + group + "/" + last_part(path), path);
    std::string parent = parent_of(path);
    if (last_part(parent) == group) parent = parent_of(parent);
    const bool is_device = layout_.contains(parent + "/uevent");
    if (is_device) add_link(path + "/device", parent);
  }

  void add_class_device(const ClassDevice& device) {
    const std::string path = resolve(device.path);
    const std::string name = last_part(path);
    const bool is_partition = device.files.contains("partition");
    add_class_folder(device.group, path);
    if (is_partition) layout_.erase(path + "/device");
    if (device.group == "block" && !is_partition) add_link("/sys/block/" + name, path);
    const std::string folder = path + "/";
    for (const auto& [file, text] : device.files) add_file(folder + file, read_only, text + "\n");
    const auto number = device.files.find("dev");
    if (number != device.files.end()) {
      const char* kind = device.group == "block" ? "block" : "char";
      add_link(std::string("/sys/dev/") + kind + "/" + number->second, path);
    }
    add_file(path + "/uevent", plain_mode, uevent_of(device, name));
    class_paths_[{device.group, name}] = path;
  }

  static std::string uevent_of(const ClassDevice& device, const std::string& name) {
    std::map<std::string, std::string> variables = device.variables;
    const auto number = device.files.find("dev");
    if (number != device.files.end()) {
      const std::size_t colon = number->second.find(':');
      variables["MAJOR"] = number->second.substr(0, colon);
      variables["MINOR"] = number->second.substr(colon + 1);
      variables.try_emplace("DEVNAME", name);
    }
    const bool is_partition = device.files.contains("partition");
    if (device.group == "block") variables["DEVTYPE"] = is_partition ? "partition" : "disk";
    if (is_partition) variables["PARTN"] = device.files.at("partition");
    if (device.group == "net") {
      variables["INTERFACE"] = name;
      variables["IFINDEX"] = device.files.at("ifindex");
    }
    std::string text;
    for (const auto& [variable, value] : variables) {
      text.append(variable).append("=").append(value).append("\n");
    }
    return text;
  }

  const Description& description_;
  fake_sysfs::SysfsModel model_;
  std::map<Owner, std::string> class_paths_;
  Layout layout_;
};

}  // namespace

Layout lay_out(const Description& description) {
  return LayoutBuilder(description).build();
}

}  // namespace device_trees
