// SPDX-License-Identifier: LGPL-2.1-or-later
// Bus numbers. An address is DOMAIN:BUS:DEVICE.FUNCTION; a bus is called DOMAIN:BUS here.
#include "tests/trees/renumber.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <stdexcept>

namespace device_trees {
namespace {

constexpr unsigned long last_bus = 0xff;

std::string bus_of(const std::string& address) {
  return address.substr(0, address.rfind(':'));
}

std::string domain_of(const std::string& address) {
  return address.substr(0, address.find(':'));
}

/// The buses of the devices that are not below another of the same domain.
std::set<std::string> root_buses(const fake_sysfs::Spec& sysfs) {
  std::set<std::string> addresses;
  for (const fake_sysfs::DeviceSpec& device : sysfs.devices) {
    if (device.bus == "pci") addresses.insert(device.name);
  }
  std::set<std::string> buses;
  for (const std::string& address : addresses) buses.insert(bus_of(address));
  for (const fake_sysfs::DeviceSpec& device : sysfs.devices) {
    const bool is_below = device.bus == "pci" && device.parent &&
                          addresses.contains(*device.parent) &&
                          domain_of(*device.parent) == domain_of(device.name);
    if (is_below) buses.erase(bus_of(device.name));
  }
  return buses;
}

std::string next_bus(const std::string& bus) {
  const unsigned long number = std::strtoul(bus.substr(bus.find(':') + 1).c_str(), nullptr, 16) + 1;
  if (number > last_bus) throw std::invalid_argument("no bus number follows: " + bus);
  std::array<char, 4> text{};
  static_cast<void>(std::snprintf(text.data(), text.size(), "%02lx", number));
  return domain_of(bus) + ":" + text.data();
}

class Renumbering {
 public:
  explicit Renumbering(const fake_sysfs::Spec& sysfs) : roots_(root_buses(sysfs)) {
    for (const fake_sysfs::DeviceSpec& device : sysfs.devices) {
      if (device.bus == "pci" && !roots_.contains(bus_of(device.name))) add(device.name);
    }
  }

  /// The name as it is afterwards: of a device whose address changes, of one whose name starts
  /// with such an address and a colon, or the same.
  [[nodiscard]] std::string renamed(const std::string& name) const {
    const std::size_t end = name.find('.') + 2;
    const auto found = addresses_.find(name.substr(0, end));
    const bool is_whole = end >= name.size() || name[end] == ':';
    if (found == addresses_.end() || !is_whole) return name;
    return found->second + name.substr(found->first.size());
  }

 private:
  void add(const std::string& address) {
    const std::string bus = next_bus(bus_of(address));
    if (roots_.contains(bus)) throw std::invalid_argument("this is a root bus already: " + bus);
    addresses_[address] = bus + address.substr(address.rfind(':'));
  }

  std::set<std::string> roots_;
  std::map<std::string, std::string> addresses_;
};

/// No bridge leads to a root bus, so all of these change.
void renumber_bridge(std::map<std::string, std::string>& attributes) {
  for (const char* name : {"secondary_bus_number", "subordinate_bus_number"}) {
    const auto found = attributes.find(name);
    if (found == attributes.end()) continue;
    found->second = std::to_string(std::strtoul(found->second.c_str(), nullptr, 10) + 1);
  }
}

void rename_owner(Path& path, const Renumbering& renumbering) {
  if (path.owner) path.owner->name = renumbering.renamed(path.owner->name);
}

}  // namespace

void renumber(Description& description) {
  const Renumbering renumbering(description.sysfs);
  for (fake_sysfs::DeviceSpec& device : description.sysfs.devices) {
    device.name = renumbering.renamed(device.name);
    if (device.parent) device.parent = renumbering.renamed(*device.parent);
    if (device.bus == "pci") renumber_bridge(device.attributes);
  }
  for (ClassDevice& device : description.class_devices) rename_owner(device.path, renumbering);
  for (PlainFile& file : description.files) rename_owner(file.path, renumbering);
  for (Link& link : description.links) {
    rename_owner(link.path, renumbering);
    rename_owner(link.target, renumbering);
  }
  std::map<std::string, std::string> functions;
  for (const auto& [virtual_function, physical] : description.physical_functions) {
    functions[renumbering.renamed(virtual_function)] = renumbering.renamed(physical);
  }
  description.physical_functions = std::move(functions);
}

}  // namespace device_trees
