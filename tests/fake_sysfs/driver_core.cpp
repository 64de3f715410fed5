// SPDX-License-Identifier: LGPL-2.1-or-later
// The model of the driver core. Each function of the kernel that is modelled is named beside its
// model; compare with it before changing anything.
#include "tests/fake_sysfs/driver_core.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "tests/fake_sysfs/notation.hpp"

namespace fake_sysfs {
namespace {

constexpr std::size_t page_size = 4096;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view as_c_string(std::string_view bytes) {
  return bytes.substr(0, bytes.find('\0'));
}

/// sysfs_streq(): one newline at the end of what was written does not count.
std::string_view without_newline(std::string_view written) {
  written = as_c_string(written);
  if (written.ends_with('\n')) written.remove_suffix(1);
  return written;
}

/// What the bus's match function answers (pci_bus_match, platform_match, spi_match_device).
bool matches(const DriverSpec& driver, const Device& device) {
  if (device.override_name) return *device.override_name == driver.name;
  return contains(device.spec.native, driver.name) || contains(driver.native, device.spec.name);
}

std::string_view pci_domain(std::string_view name) {
  return name.substr(0, name.find(':'));
}

bool is_below(const std::string& path, const std::string& folder) {
  return path.starts_with(folder + "/");
}

std::invalid_argument error_output(const std::string& what, const std::string& bus,
                                   const std::string& name) {
  return std::invalid_argument(what + ": " + escape(bus) + " " + escape(name));
}

}  // namespace

DriverCore::DriverCore(const Spec& spec) {
  for (const BusSpec& bus : spec.buses) add_bus(bus);
  for (const DriverSpec& driver : spec.drivers) add_initial_driver(driver);
  for (const ModuleSpec& module : spec.modules) {
    for (const DriverSpec& driver : module.drivers) {
      if (!buses_.contains(driver.bus)) throw error_output("unknown bus", driver.bus, driver.name);
    }
    modules_[module.name].drivers = module.drivers;
  }
  for (const DeviceSpec& device : spec.devices) add_initial_device(device);
  changes_ = {};
}

void DriverCore::add_bus(const BusSpec& spec) {
  const bool is_new = buses_.try_emplace(spec.name, Bus{.spec = spec}).second;
  if (!is_new) throw error_output("this bus is there twice", spec.name, "");
}

void DriverCore::add_initial_driver(const DriverSpec& spec) {
  if (!buses_.contains(spec.bus)) throw error_output("unknown bus", spec.bus, spec.name);
  if (find_driver(spec.bus, spec.name) != nullptr) {
    throw error_output("this driver is there twice", spec.bus, spec.name);
  }
  buses_.at(spec.bus).drivers.push_back(spec);
  if (spec.module.empty() || spec.is_built_in) return;
  modules_[spec.module].state = ModuleState::live;
}

/// Devices that are there from the start have what the description says, and nothing is probed.
void DriverCore::add_initial_device(const DeviceSpec& spec) {
  switch (check_new_device(spec)) {
    case 0:
      break;
    case EEXIST:
      throw error_output("this device is there twice", spec.bus, spec.name);
    default:
      throw error_output("unknown bus, parent or driver, or no override there", spec.bus,
                         spec.name);
  }
  Device& device = create(spec, next_ordinal_++);
  device.driver = spec.driver;
  device.has_link = spec.driver.has_value();
}

void DriverCore::advance(TimePoint now) {
  now_ = std::max(now_, now);
  std::vector<LateProbe> due;
  for (const LateProbe& late : late_probes_) {
    if (late.due <= now_) due.push_back(late);
  }
  std::erase_if(late_probes_, [this](const LateProbe& late) { return late.due <= now_; });
  std::stable_sort(due.begin(), due.end(), [](const LateProbe& one, const LateProbe& other) {
    return one.due < other.due;
  });
  for (const LateProbe& late : due) {
    const auto device = devices_.find(late.serial);
    if (device == devices_.end() || device->second.driver) continue;
    const DriverSpec* driver = find_driver(device->second.spec.bus, late.driver);
    if (driver != nullptr && matches(*driver, device->second)) attach(device->second, *driver);
  }
}

std::optional<TimePoint> DriverCore::next_due() const {
  std::optional<TimePoint> next;
  for (const LateProbe& late : late_probes_) {
    if (!next || late.due < *next) next = late.due;
  }
  return next;
}

/// drivers_probe_store(), bus_rescan_devices_helper(): a bound device is passed over before any
/// lock is taken, and that nothing was bound is no failure.
Outcome DriverCore::probe(const std::string& bus, std::string_view written) {
  Device* device = find_writable(bus, written);
  if (device == nullptr) return {.error = ENODEV};
  if (device->driver) return {};
  return attach_to_any(*device);
}

/// bind_store(), device_driver_attach()
Outcome DriverCore::bind(const std::string& bus, const std::string& driver_name,
                         std::string_view written) {
  Device* device = find_writable(bus, written);
  const DriverSpec* driver = find_driver(bus, driver_name);
  if (device == nullptr || driver == nullptr || !matches(*driver, *device)) {
    return {.error = ENODEV};
  }
  if (device->is_locked) return {.hangs = true};
  if (device->driver) return {.error = EBUSY};
  Outcome outcome = attach(*device, *driver);
  if (outcome.error == probe_defer) outcome.error = EAGAIN;
  return outcome;
}

/// unbind_store()
Outcome DriverCore::unbind(const std::string& bus, const std::string& driver_name,
                           std::string_view written) {
  Device* device = find_writable(bus, written);
  if (device == nullptr || device->driver != driver_name) return {.error = ENODEV};
  return detach(*device);
}

/// driver_set_override(), as it was before the attribute moved: it takes the device's lock.
Outcome DriverCore::set_override(Serial serial, std::string_view written) {
  if (!devices_.contains(serial)) return {.error = ENODEV};
  if (written.size() >= page_size - 1) return {.error = EINVAL};
  Device& device = devices_.at(serial);
  if (device.is_locked) return {.hangs = true};
  written = as_c_string(written);
  written = written.substr(0, written.find('\n'));
  device.override_name.reset();
  if (!written.empty()) device.override_name = written;
  return {};
}

void DriverCore::set_autoprobe(const std::string& bus, bool autoprobe) {
  buses_.at(bus).autoprobe = autoprobe;
}

/// A module that is still coming keeps a second caller waiting (finished_loading()).
Outcome DriverCore::load(std::string_view name) {
  const auto found = modules_.find(module_name(name));
  if (found == modules_.end()) return {.error = ENOENT};
  Module& module = found->second;
  if (module.state == ModuleState::live) return {};
  if (module.state == ModuleState::coming) return {.hangs = true};
  module.state = ModuleState::coming;
  changes_.layout = true;
  for (const DriverSpec& driver : module.drivers) {
    const Outcome outcome = register_driver(driver);
    if (outcome.hangs) return outcome;
    if (outcome.error != 0) {
      module.state = ModuleState::absent;
      return outcome;
    }
  }
  module.state = ModuleState::live;
  return {};
}

/// bus_add_driver(), driver_attach(), __driver_attach(): probe errors are ignored, but a device
/// that is locked, or whose probe hangs, keeps the caller, and later devices are not reached.
Outcome DriverCore::register_driver(const DriverSpec& spec) {
  if (find_driver(spec.bus, spec.name) != nullptr) return {.error = EBUSY};
  Bus& bus = buses_.at(spec.bus);
  bus.drivers.push_back(spec);
  if (!bus.autoprobe) return {};
  for (auto& [serial, device] : devices_) {
    if (device.spec.bus != spec.bus || !matches(spec, device)) continue;
    if (device.is_locked) return {.hangs = true};
    if (device.driver) continue;
    if (attach_or_defer(device, spec).hangs) return {.hangs = true};
  }
  return {};
}

/// device_add(), bus_probe_device(): a failed probe is no failure of the device.
Outcome DriverCore::add(const DeviceSpec& spec) {
  const int error = check_new_device(spec);
  if (error != 0) return {.error = error};
  Device& device = create(spec, next_ordinal_++);
  if (spec.driver) return {.hangs = attach(device, *find_driver(spec.bus, *spec.driver)).hangs};
  return buses_.at(spec.bus).autoprobe ? attach_to_any(device) : Outcome{};
}

void DriverCore::vanish(Serial serial) {
  const Device* top = device(serial);
  if (top == nullptr) return;
  for (const Serial each : subtree_bottom_up(*top)) drop(each);
}

/// remove_store(), pci_stop_and_remove_bus_device(): the lowest devices go first.
Outcome DriverCore::remove(Serial serial) {
  const Device* top = device(serial);
  if (top == nullptr) return {.error = ENODEV};
  for (const Serial each : subtree_bottom_up(*top)) {
    Device& going = devices_.at(each);
    if (going.driver && detach(going).hangs) return {.hangs = true};
    DeviceSpec anew = going.spec;
    anew.driver.reset();
    anew.override_name.reset();
    removed_.insert_or_assign(going.ordinal, std::move(anew));
    drop(each);
  }
  return {};
}

void DriverCore::end_hangs() {
  for (auto& [name, bus] : buses_)
    for (DriverSpec& driver : bus.drivers) driver.probe_hangs = driver.remove_hangs = false;
  for (auto& [name, module] : modules_)
    if (module.state == ModuleState::coming) module.state = ModuleState::live;
  changes_.layout = true;
  for (auto& [serial, device] : devices_) {
    if (!device.is_locked) continue;
    device.is_locked = false;
    record(device.has_link ? "bind" : "unbind", device);
    if (!device.has_link) device.driver.reset();
  }
}

/// pci_rescan_bus(): all devices appear before the first is probed.
Outcome DriverCore::rescan() {
  std::vector<Serial> found;
  for (auto removed = removed_.begin(); removed != removed_.end();) {
    if (check_new_device(removed->second) != 0) {
      ++removed;
      continue;
    }
    found.push_back(create(removed->second, removed->first).serial);
    removed = removed_.erase(removed);
  }
  for (const Serial serial : found) {
    Device& device = devices_.at(serial);
    if (!buses_.at(device.spec.bus).autoprobe) continue;
    if (attach_to_any(device).hangs) return {.hangs = true};
  }
  return {};
}

const Device* DriverCore::device(Serial serial) const {
  const auto found = devices_.find(serial);
  return found == devices_.end() ? nullptr : &found->second;
}

const Device* DriverCore::find(const std::string& bus, std::string_view name) const {
  const std::string_view wanted = without_newline(name);
  for (const auto& [serial, device] : devices_) {
    const bool is_it = device.spec.name == wanted || device.spec.name == as_c_string(name);
    if (device.spec.bus == bus && is_it) return &device;
  }
  return nullptr;
}

Device* DriverCore::find_writable(const std::string& bus, std::string_view name) {
  const Device* found = find(bus, name);
  return found == nullptr ? nullptr : &devices_.at(found->serial);
}

const DriverSpec* DriverCore::find_driver(const std::string& bus, std::string_view name) const {
  const auto found = buses_.find(bus);
  if (found == buses_.end()) return nullptr;
  for (const DriverSpec& driver : found->second.drivers) {
    if (driver.name == name) return &driver;
  }
  return nullptr;
}

const Device* DriverCore::find_parent(const DeviceSpec& spec) const {
  const Device* parent = nullptr;
  for (const auto& [serial, device] : devices_) {
    if (device.spec.name != spec.parent) continue;
    if (device.spec.bus == spec.bus) return &device;
    parent = &device;
  }
  return parent;
}

/// A PCI device without a parent, or below one of another domain (VMD), has its host bridge's
/// folder in between.
std::string DriverCore::device_path(const DeviceSpec& spec) const {
  const Device* parent = find_parent(spec);
  const std::string above = parent != nullptr ? parent->path : "/devices";
  if (spec.below) return above + *spec.below + "/" + spec.name;
  const bool is_bridged = parent != nullptr && parent->spec.bus == spec.bus &&
                          pci_domain(parent->spec.name) == pci_domain(spec.name);
  if (spec.bus == "pci" && !is_bridged) {
    return above + "/pci" + spec.name.substr(0, spec.name.rfind(':')) + "/" + spec.name;
  }
  return parent != nullptr ? above + "/" + spec.name : above + "/" + spec.bus + "/" + spec.name;
}

int DriverCore::check_new_device(const DeviceSpec& spec) const {
  const auto bus = buses_.find(spec.bus);
  if (bus == buses_.end()) return ENODEV;
  if (find(spec.bus, spec.name) != nullptr) return EEXIST;
  if (spec.parent && find_parent(spec) == nullptr) return ENODEV;
  if (spec.driver && find_driver(spec.bus, *spec.driver) == nullptr) return ENODEV;
  if (spec.override_name && !bus->second.spec.has_override) return ENODEV;
  return 0;
}

Device& DriverCore::create(const DeviceSpec& spec, std::size_t ordinal) {
  const Serial serial = next_serial_++;
  Device device{.spec = spec, .serial = serial, .ordinal = ordinal, .path = device_path(spec)};
  device.override_name = spec.override_name;
  Device& created = devices_.emplace(serial, std::move(device)).first->second;
  changes_.layout = true;
  record("add", created);
  return created;
}

void DriverCore::drop(Serial serial) {
  const Device& device = devices_.at(serial);
  if (device.driver) record("unbind", device);
  record("remove", device);
  changes_.layout = true;
  devices_.erase(serial);
}

std::vector<Serial> DriverCore::subtree_bottom_up(const Device& top) const {
  std::vector<const Device*> members{&top};
  for (const auto& [serial, device] : devices_) {
    if (is_below(device.path, top.path)) members.push_back(&device);
  }
  std::sort(members.begin(), members.end(), [](const Device* one, const Device* other) {
    return one->path.size() > other->path.size();
  });
  std::vector<Serial> serials;
  serials.reserve(members.size());
  for (const Device* member : members) serials.push_back(member->serial);
  return serials;
}

/// device_attach(), __device_attach_driver(): if a probe fails, the next driver is tried.
Outcome DriverCore::attach_to_any(Device& device) {
  for (const DriverSpec& driver : buses_.at(device.spec.bus).drivers) {
    if (!matches(driver, device)) continue;
    const Outcome outcome = attach_or_defer(device, driver);
    if (outcome.error == 0) return outcome;
  }
  return {};
}

Outcome DriverCore::attach_or_defer(Device& device, const DriverSpec& driver) {
  if (driver.late_link.count() == 0) return attach(device, driver);
  late_probes_.push_back({now_ + driver.late_link, device.serial, driver.name});
  return {};
}

/// really_probe(): the link is there before the driver is asked.
Outcome DriverCore::attach(Device& device, const DriverSpec& driver) {
  if (driver.probe_error != 0) return {.error = driver.probe_error};
  device.driver = driver.name;
  set_link(device, true);
  device.is_locked = driver.probe_hangs;
  if (driver.probe_hangs) return {.hangs = true};
  record("bind", device);
  return {};
}

/// device_driver_detach(), __device_release_driver(): the link has gone before the driver is asked.
Outcome DriverCore::detach(Device& device) {
  if (device.is_locked) return {.hangs = true};
  set_link(device, false);
  device.is_locked = find_driver(device.spec.bus, *device.driver)->remove_hangs;
  if (device.is_locked) return {.hangs = true};
  record("unbind", device);
  device.driver.reset();
  return {};
}

void DriverCore::set_link(Device& device, bool is_there) {
  device.has_link = is_there;
  changes_.relinked.push_back(device.serial);
}

void DriverCore::record(std::string_view verb, const Device& device) {
  std::string line(verb);
  line += " " + escape(device.spec.bus) + " " + escape(device.spec.name);
  const bool names_driver = verb == "bind" || verb == "unbind";
  if (names_driver) line += " " + escape(*device.driver);
  changes_.lines.push_back(std::move(line));
}

Changes DriverCore::take_changes() {
  return std::exchange(changes_, {});
}

}  // namespace fake_sysfs
