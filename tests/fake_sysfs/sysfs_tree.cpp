// SPDX-License-Identifier: LGPL-2.1-or-later
// The layout of /sys. Names, modes and relative links are those of a real kernel: compare with one
// before changing anything.
#include "tests/fake_sysfs/sysfs_tree.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <utility>

namespace fake_sysfs {
namespace {

constexpr unsigned folder_mode = 0755;
constexpr unsigned link_mode = 0777;
constexpr unsigned read_only = 0444;
constexpr unsigned write_only = 0200;
constexpr unsigned read_write = 0644;
constexpr std::string_view control_path = "/.control";

using Attributes = std::map<std::string, std::string>;

std::string attribute_or(const Attributes& attributes, const std::string& name,
                         const std::string& otherwise) {
  const auto found = attributes.find(name);
  return found != attributes.end() ? found->second : otherwise;
}

unsigned long hex_attribute(const Attributes& attributes, const std::string& name) {
  return std::strtoul(attribute_or(attributes, name, "0").c_str(), nullptr, 16);
}

template <typename... Numbers>
std::string format(const char* pattern, Numbers... numbers) {
  std::array<char, 128> text{};
  static_cast<void>(std::snprintf(text.data(), text.size(), pattern, numbers...));
  return text.data();
}

std::string pci_modalias(const Attributes& attributes) {
  const unsigned long code = hex_attribute(attributes, "class");
  return format("pci:v%08lXd%08lXsv%08lXsd%08lXbc%02lXsc%02lXi%02lX",
                hex_attribute(attributes, "vendor"), hex_attribute(attributes, "device"),
                hex_attribute(attributes, "subsystem_vendor"),
                hex_attribute(attributes, "subsystem_device"), (code >> 16U) & 0xffU,
                (code >> 8U) & 0xffU, code & 0xffU);
}

/// A PCI device has all of its numbers, whether the description gives them or not.
Attributes complete_attributes(const Device& device) {
  Attributes attributes = device.spec.attributes;
  if (device.spec.bus != "pci") {
    attributes.try_emplace("modalias", device.spec.bus + ":" + device.spec.name);
    if (attributes.at("modalias").empty()) attributes.erase("modalias");
    return attributes;
  }
  attributes.try_emplace("class", "0x000000");
  for (const char* name : {"vendor", "device", "subsystem_vendor", "subsystem_device"}) {
    attributes.try_emplace(name, "0x0000");
  }
  attributes.try_emplace("modalias", pci_modalias(attributes));
  return attributes;
}

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

class TreeBuilder {
 public:
  explicit TreeBuilder(Tree& tree) : tree_(tree) {}

  void build(const DriverCore& core, const std::vector<LinkSpec>& links) {
    for (const char* path : {"/bus", "/devices", "/kernel", "/module"}) folder(path);
    file(std::string(control_path), write_only, {.attribute = Attribute::control});
    for (const auto& [name, module] : core.modules()) add_module(name, module);
    for (const auto& [name, bus] : core.buses()) add_bus(name, bus, core);
    for (const auto& [serial, device] : core.devices()) add_device(device, core);
    for (const LinkSpec& each : links) link(each.path, each.target);
  }

  void relink_driver(const Device& device) {
    const auto old = tree_.find(device.path + "/driver");
    if (old != tree_.end()) {
      const std::string driver = last_part(old->second.text);
      erase(kernel_driver_path(device, driver) + "/" + device.spec.name);
      erase(device.path + "/driver");
    }
    add_driver_links(device);
  }

 private:
  Node& insert(const std::string& path, Node&& node) {
    const auto [at, is_new] = tree_.try_emplace(path, std::move(node));
    if (!is_new) return at->second;
    // A device that came back has a new serial, and so everything in it a new inode.
    const std::uint64_t hash =
        std::hash<std::string>{}(path + "//" + std::to_string(at->second.device));
    if (at->second.inode == 0) at->second.inode = hash | (std::uint64_t{1} << 32U);
    if (path != "/") folder(parent_of(path)).children.push_back(last_part(path));
    return at->second;
  }

  void erase(const std::string& path) {
    std::erase(tree_.at(parent_of(path)).children, last_part(path));
    tree_.erase(path);
  }

  Node& folder(const std::string& path) {
    const auto found = tree_.find(path);
    if (found != tree_.end()) return found->second;
    return insert(path, {.kind = NodeKind::folder, .mode = folder_mode});
  }

  void file(const std::string& path, unsigned mode, Node node) {
    node.kind = NodeKind::file;
    node.mode = mode;
    insert(path, std::move(node));
  }

  void link(const std::string& path, const std::string& target, Serial device = 0) {
    insert(path, {.kind = NodeKind::link,
                  .mode = link_mode,
                  .text = relative_target(path, target),
                  .device = device});
  }

  void add_module(const std::string& name, const Module& module) {
    if (module.state == ModuleState::absent) return;
    const char* state = module.state == ModuleState::live ? "live\n" : "coming\n";
    file("/module/" + name + "/initstate", read_only,
         {.attribute = Attribute::fixed, .text = state});
  }

  void add_bus(const std::string& name, const Bus& bus, const DriverCore& core) {
    const std::string path = "/bus/" + name;
    folder(path + "/devices");
    folder(path + "/drivers");
    file(path + "/drivers_probe", write_only, {.attribute = Attribute::drivers_probe, .bus = name});
    file(path + "/drivers_autoprobe", read_write,
         {.attribute = Attribute::drivers_autoprobe, .bus = name});
    file(path + "/uevent", write_only, {.attribute = Attribute::uevent_trigger, .bus = name});
    if (name == "pci") {
      file(path + "/rescan", write_only, {.attribute = Attribute::rescan, .bus = name});
    }
    for (const DriverSpec& driver : bus.drivers) add_driver(driver, is_coming(driver, core));
  }

  static bool is_coming(const DriverSpec& driver, const DriverCore& core) {
    const auto module = core.modules().find(module_name(driver.module));
    return module != core.modules().end() && module->second.state == ModuleState::coming;
  }

  /// The files to bind by come once the driver has looked at all devices (bus_add_driver).
  void add_driver(const DriverSpec& driver, bool is_coming) {
    const std::string path = "/bus/" + driver.bus + "/drivers/" + driver.name;
    const auto driver_file = [&](const char* name, Attribute attribute) {
      file(path + "/" + name, write_only,
           {.attribute = attribute, .bus = driver.bus, .driver = driver.name});
    };
    driver_file("uevent", Attribute::uevent_trigger);
    if (!driver.suppresses_bind_attrs && !is_coming) {
      driver_file("bind", Attribute::bind);
      driver_file("unbind", Attribute::unbind);
    }
    if (driver.module.empty()) return;
    const std::string module = "/module/" + driver.module;
    link(path + "/module", module);
    link(module + "/drivers/" + driver.bus + ":" + driver.name, path);
  }

  void add_device(const Device& device, const DriverCore& core) {
    const std::string& bus = device.spec.bus;
    insert(device.path, {.kind = NodeKind::folder,
                         .inode = device.serial,
                         .mode = folder_mode,
                         .device = device.serial});
    const auto device_file = [&](const std::string& name, unsigned mode, Attribute attribute,
                                 std::string text = {}) {
      file(device.path + "/" + name, mode,
           {.attribute = attribute, .text = std::move(text), .bus = bus, .device = device.serial});
    };
    for (const auto& [name, text] : complete_attributes(device)) {
      device_file(name, read_only, Attribute::fixed, text + "\n");
    }
    device_file("uevent", read_write, Attribute::uevent);
    if (core.buses().at(bus).spec.has_override) {
      device_file("driver_override", read_write, Attribute::driver_override);
    }
    if (bus == "pci") device_file("remove", write_only, Attribute::remove);
    add_device_links(device);
    for (std::size_t at = 0; at < device.spec.virtual_functions.size(); ++at) {
      const Device* function = core.find(bus, device.spec.virtual_functions[at]);
      if (function != nullptr)
        link(device.path + "/virtfn" + std::to_string(at), function->path, device.serial);
    }
  }

  void add_device_links(const Device& device) {
    const std::string bus = "/bus/" + device.spec.bus;
    link(bus + "/devices/" + device.spec.name, device.path, device.serial);
    link(device.path + "/subsystem", bus, device.serial);
    add_driver_links(device);
    if (!device.spec.iommu_group) return;
    const std::string group = "/kernel/iommu_groups/" + *device.spec.iommu_group;
    link(device.path + "/iommu_group", group, device.serial);
    link(group + "/devices/" + device.spec.name, device.path, device.serial);
  }

  static std::string kernel_driver_path(const Device& device, const std::string& driver) {
    return "/bus/" + device.spec.bus + "/drivers/" + driver;
  }

  void add_driver_links(const Device& device) {
    if (!device.has_link) return;
    const std::string driver = kernel_driver_path(device, *device.driver);
    link(device.path + "/driver", driver, device.serial);
    link(driver + "/" + device.spec.name, device.path, device.serial);
  }

  Tree& tree_;
};

}  // namespace

std::string relative_target(const std::string& link, const std::string& target) {
  std::size_t common = 0;
  for (std::size_t at = 0; at < link.size() && at < target.size() && link[at] == target[at]; ++at) {
    if (link[at] == '/') common = at + 1;
  }
  std::string text;
  for (std::size_t at = common; at < link.size(); ++at) {
    if (link[at] == '/') text += "../";
  }
  return text + target.substr(common);
}

Tree build_tree(const DriverCore& core, const std::vector<LinkSpec>& links) {
  Tree tree;
  TreeBuilder(tree).build(core, links);
  return tree;
}

void relink_driver(Tree& tree, const Device& device) {
  TreeBuilder(tree).relink_driver(device);
}

std::string uevent_text(const Device& device) {
  const Attributes attributes = complete_attributes(device);
  std::string text;
  if (device.driver) text += "DRIVER=" + *device.driver + "\n";
  if (device.spec.bus == "pci") {
    text += format("PCI_CLASS=%lX\n", hex_attribute(attributes, "class"));
    text += format("PCI_ID=%04lX:%04lX\n", hex_attribute(attributes, "vendor"),
                   hex_attribute(attributes, "device"));
    text += format("PCI_SUBSYS_ID=%04lX:%04lX\n", hex_attribute(attributes, "subsystem_vendor"),
                   hex_attribute(attributes, "subsystem_device"));
    text += "PCI_SLOT_NAME=" + device.spec.name + "\n";
  }
  const auto modalias = attributes.find("modalias");
  return modalias == attributes.end() ? text : text + "MODALIAS=" + modalias->second + "\n";
}

}  // namespace fake_sysfs
