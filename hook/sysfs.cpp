// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/sysfs.hpp"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "hook/match.hpp"

namespace driver_override {
namespace {

/// What the rules ask of one bus.
struct Wanted {
  std::set<std::string> exact;
  std::vector<const DevicePattern*> others;
};

std::map<std::string, Wanted> wanted_by_bus(const std::vector<Rule>& rules) {
  std::map<std::string, Wanted> wanted;
  for (const Rule& rule : rules) {
    if (rule.bad) continue;
    Wanted& on_bus = wanted[rule.bus];
    for (const DevicePattern& pattern : rule.devices) {
      if (auto name = exact_name(pattern))
        on_bus.exact.insert(std::move(*name));
      else
        on_bus.others.push_back(&pattern);
    }
  }
  return wanted;
}

/// `class` reads as "0x020000\n" (drivers/pci/pci-sysfs.c, class_show).
std::optional<std::uint32_t> read_pci_class(const Root& root, const std::string& path) {
  std::error_code error;
  const std::string text = root.read(path + "/class", error);
  if (error || text.size() < 3 || text.compare(0, 2, "0x") != 0) return std::nullopt;
  std::uint32_t value = 0;
  const auto result = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
  if (result.ec != std::errc{}) return std::nullopt;
  return value;
}

Device read_device(const Root& root, DeviceId id) {
  const std::string path = device_path(id);
  Device device{std::move(id), std::nullopt, root.link(path, "driver")};
  if (device.id.bus == "pci") device.pci_class = read_pci_class(root, path);
  return device;
}

/// The names on a bus that the rules want: the exact ones that exist, and those that patterns
/// match.
std::set<std::string> find_names(const Root& root, const std::string& bus, const Wanted& wanted) {
  if (wanted.others.empty()) {
    std::set<std::string> found;
    for (const std::string& name : wanted.exact)
      if (root.exists(device_path({bus, name}))) found.insert(name);
    return found;
  }
  std::error_code error;
  std::set<std::string> found;
  for (const std::string& name : root.list("sys/bus/" + bus + "/devices", error)) {
    const auto matches = [&](const DevicePattern* pattern) { return names(*pattern, name); };
    if (wanted.exact.count(name) != 0 ||
        std::any_of(wanted.others.begin(), wanted.others.end(), matches))
      found.insert(name);
  }
  return found;
}

}  // namespace

std::string device_path(const DeviceId& device) {
  return "sys/bus/" + device.bus + "/devices/" + device.name;
}

Inventory read_inventory(const Root& root, const std::vector<Rule>& rules) {
  Inventory inventory;
  for (const auto& [bus, wanted] : wanted_by_bus(rules)) {
    const std::set<std::string> found = find_names(root, bus, wanted);
    for (const std::string& name : found)
      inventory.devices.push_back(read_device(root, {bus, name}));
    if (found.empty() && !root.exists("sys/bus/" + bus)) inventory.absent_buses.insert(bus);
  }
  return inventory;
}

}  // namespace driver_override
