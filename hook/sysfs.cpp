// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/sysfs.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <set>

#include "hook/match.hpp"
#include "hook/rule_index.hpp"

namespace driver_override {
namespace {

/// What the rules ask of one bus.
struct Wanted {
  std::set<std::string> exact;
  std::vector<const DevicePattern*> others;
  RuleIndex index;    ///< of `others`
  bool ids = false;   ///< of every device that is read
  bool path = false;  ///< likewise
};

std::map<std::string, Wanted> wanted_in_sysfs_by_bus(const std::vector<Rule>& rules) {
  std::map<std::string, Wanted> wanted;
  for (const Rule& rule : rules) {
    // A bad rule asks for no device, but must know those that it leaves alone.
    Wanted& on_bus = wanted[rule.bus];
    on_bus.ids = on_bus.ids || rule.options.id;
    for (const DevicePattern& pattern : rule.devices) {
      const bool is_ids = std::holds_alternative<PciIds>(pattern.what);
      on_bus.ids = on_bus.ids || is_ids;
      on_bus.path = on_bus.path || (!is_ids && needs_more_than_name(pattern));
      if (rule.bad) continue;
      if (auto name = exact_name_in_rule(pattern)) {
        on_bus.exact.insert(std::move(*name));
        continue;
      }
      on_bus.index.add(pattern, on_bus.others.size());
      on_bus.others.push_back(&pattern);
    }
  }
  return wanted;
}

/// A number such as "0x020000\n" (drivers/pci/pci-sysfs.c, class_show and its neighbours).
std::optional<std::uint32_t> read_sysfs_hex(const Root& root, const std::string& path) {
  std::error_code error;
  const std::string text = root.read_attribute(path, error);
  if (!text.starts_with("0x")) return std::nullopt;
  std::uint32_t value = 0;
  const auto result = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
  if (result.ec != std::errc{}) return std::nullopt;
  return value;
}

/// A GUID in lower case without the braces around it (drivers/hv/vmbus_drv.c, class_id_show).
std::optional<std::string> read_sysfs_guid(const Root& root, const std::string& path) {
  std::error_code error;
  std::string text = root.read_attribute(path, error);
  std::erase_if(text, [](char byte) { return byte == '{' || byte == '}'; });
  if (error || text.empty()) return std::nullopt;
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  return text;
}

/// The folder by a path without a link; empty if there is no such device.
std::string find_sysfs_folder(const Root& root, const DeviceId& device) {
  const std::string path = sysfs_device_path(device);
  const std::size_t slash = path.rfind('/');
  const auto target = root.link_target(path.substr(0, slash), device.name);
  if (!target) return root.exists(path) ? path : std::string();
  // ../../../devices/pci0000:00/0000:00:01.0, seen from sys/bus/pci/devices
  constexpr std::string_view up = "../../../";
  const bool is_plain =
      target->compare(0, up.size(), up) == 0 && target->find("../", up.size()) == std::string::npos;
  return is_plain ? "sys/" + target->substr(up.size()) : path;
}

/// Fills what patterns of ids and paths are decided by.
void read_sysfs_identity(const Root& root, const Wanted& wanted, Device& device) {
  if (!device.slot) return;
  if (wanted.path) device.chain = read_sysfs_pci_chain(root, device.id);
  if (!wanted.ids) return;
  device.ids = read_sysfs_pci_ids(root, device.id);
  PciSlot first = *device.slot;
  first.function = 0;
  device.card_ids =
      first == *device.slot ? device.ids : read_sysfs_pci_ids(root, {"pci", to_text(first)});
}

void read_sysfs_state(const Root& root, Device& device) {
  const std::string path = sysfs_device_path(device);
  device.driver = root.link(path, "driver");
  if (device.id.bus == "pci") device.pci_class = read_sysfs_hex(root, path + "/class");
  if (device.id.bus == "vmbus") device.vmbus_class = read_sysfs_guid(root, path + "/class_id");
}

bool is_wanted_in_sysfs(const Wanted& wanted, const Device& device) {
  if (wanted.exact.count(device.id.name) != 0) return true;
  const RuleIndex::Numbers numbers = wanted.index.candidates(device);
  return std::any_of(numbers.begin(), numbers.end(),
                     [&](std::size_t number) { return names(*wanted.others[number], device); });
}

/// The names that may be wanted: the exact ones; with other patterns, all on the bus.
std::vector<std::string> wanted_names_in_sysfs(const Root& root, const std::string& bus,
                                               const Wanted& wanted, std::error_code& error) {
  error.clear();
  if (!wanted.others.empty()) {
    std::vector<std::string> names = root.list("sys/bus/" + bus + "/devices", error);
    if (!error) return names;
  }
  return {wanted.exact.begin(), wanted.exact.end()};
}

/// A bus of which nobody can tell may be misspelt, too.
void note_if_bus_is_absent(const Root& root, const std::string& bus, Inventory& inventory) {
  std::error_code error;
  if (root.exists("sys/bus/" + bus, error)) return;
  inventory.absent_buses.insert(bus);
  if (error) inventory.unlisted_buses[bus] = error.message();
}

/// None if no rule wants the device, or there is none.
std::optional<Device> read_wanted_sysfs_device(const Root& root, const Wanted& wanted,
                                               DeviceId id) {
  Device device(std::move(id));
  const bool deep = wanted.path || wanted.ids;
  if (!deep && !is_wanted_in_sysfs(wanted, device)) return std::nullopt;
  device.folder = find_sysfs_folder(root, device.id);
  if (device.folder.empty()) return std::nullopt;
  if (deep) read_sysfs_identity(root, wanted, device);
  if (deep && !is_wanted_in_sysfs(wanted, device)) return std::nullopt;
  read_sysfs_state(root, device);
  return device;
}

}  // namespace

std::string sysfs_device_path(const DeviceId& device) {
  std::string path = "sys/bus/";
  path.reserve(96);  // room for an attribute behind it
  return path.append(device.bus).append("/devices/").append(device.name);
}

std::string sysfs_device_path(const Device& device) {
  return device.folder.empty() ? sysfs_device_path(device.id) : device.folder;
}

std::optional<PciIds> read_sysfs_pci_ids(const Root& root, const DeviceId& device) {
  const std::string path = sysfs_device_path(device);
  const auto vendor = read_sysfs_hex(root, path + "/vendor");
  const auto number = read_sysfs_hex(root, path + "/device");
  if (!vendor || !number) return std::nullopt;
  const auto narrow = [](std::optional<std::uint32_t> value) {
    return static_cast<std::uint16_t>(value.value_or(0) & 0xffffU);
  };
  return PciIds{narrow(vendor), narrow(number),
                narrow(read_sysfs_hex(root, path + "/subsystem_vendor")),
                narrow(read_sysfs_hex(root, path + "/subsystem_device"))};
}

std::vector<PciSlot> read_sysfs_pci_chain(const Root& root, const DeviceId& device) {
  // ../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0
  const std::string target =
      root.link_target("sys/bus/pci/devices", device.name).value_or(std::string());
  std::vector<PciSlot> chain;
  for (std::size_t at = 0; at < target.size();) {
    const std::size_t end = std::min(target.find('/', at), target.size());
    const std::string_view part = std::string_view(target).substr(at, end - at);
    if (part.substr(0, 3) == "pci")
      chain.clear();  // a root bus begins here; a VMD's lies below a device
    else if (const auto slot = parse_pci_slot(part))
      chain.push_back(*slot);
    at = end + 1;
  }
  return chain;
}

Inventory read_sysfs_inventory(const Root& root, const std::vector<Rule>& rules) {
  Inventory inventory;
  for (const auto& [bus, wanted] : wanted_in_sysfs_by_bus(rules)) {
    const std::size_t before = inventory.devices.size();
    std::error_code error;
    for (const std::string& name : wanted_names_in_sysfs(root, bus, wanted, error))
      if (auto device = read_wanted_sysfs_device(root, wanted, {bus, name}))
        inventory.devices.push_back(std::move(*device));
    if (error && error != std::errc::no_such_file_or_directory)
      inventory.unlisted_buses[bus] = error.message();
    else if (inventory.devices.size() == before)
      note_if_bus_is_absent(root, bus, inventory);
  }
  return inventory;
}

Inventory read_sysfs_inventory(const Root& root, const std::vector<Rule>& rules,
                               const DeviceId& id) {
  Inventory inventory;
  const auto wanted = wanted_in_sysfs_by_bus(rules);
  for (const auto& [bus, on_bus] : wanted)
    if (bus != id.bus) note_if_bus_is_absent(root, bus, inventory);
  const auto on_bus = wanted.find(id.bus);
  if (on_bus == wanted.end()) return inventory;
  if (auto device = read_wanted_sysfs_device(root, on_bus->second, id))
    inventory.devices.push_back(std::move(*device));
  return inventory;
}

Device read_sysfs_device(const Root& root, DeviceId id) {
  Wanted everything;
  everything.ids = true;
  everything.path = true;
  Device device(std::move(id));
  read_sysfs_identity(root, everything, device);
  read_sysfs_state(root, device);
  return device;
}

}  // namespace driver_override
