// SPDX-License-Identifier: LGPL-2.1-or-later
// A model of the kernel's driver core: buses, drivers, devices, and what binds them. No path, no
// file and no clock of its own. What changes here must stay what drivers/base does in the kernel.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fake_sysfs/sysfs_spec.hpp"

namespace fake_sysfs {

using TimePoint = std::chrono::steady_clock::time_point;

/// Names a device for ever: a device that comes back gets a new one. The inode of its folder.
using Serial = std::uint64_t;

/// What became of a request: done, failed with an errno, or stuck for ever behind a driver.
struct Outcome {
  int error = 0;
  bool hangs = false;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

struct Device {
  DeviceSpec spec{};
  Serial serial = 0;
  std::size_t ordinal = 0;  ///< when it was first added; kept when it comes back
  std::string path{};       ///< its folder, as /devices/…
  std::optional<std::string> override_name{};
  std::optional<std::string> driver{};
  bool has_link = false;   ///< the `driver` link: there already in probe, gone already in remove
  bool is_locked = false;  ///< a probe or remove that hangs holds its lock
};

struct Bus {
  BusSpec spec{};
  bool autoprobe = true;
  std::vector<DriverSpec> drivers{};  ///< registered ones, in the order in which they match
};

/// What has changed in the core.
struct Changes {
  /// Lines of the access log: `bind BUS NAME DRIVER`, `unbind BUS NAME DRIVER`, `add BUS NAME`,
  /// `remove BUS NAME`.
  std::vector<std::string> lines{};
  std::vector<Serial> relinked{};  ///< devices whose `driver` link came or went
  bool layout = false;             ///< a device, driver or module came or went
};

enum class ModuleState { absent, coming, live };

struct Module {
  std::vector<DriverSpec> drivers{};
  ModuleState state = ModuleState::absent;
};

class DriverCore {
 public:
  /// Throws std::invalid_argument if a statement names what does not exist or is there twice.
  explicit DriverCore(const Spec& spec);

  /// Moves the time on and makes the late probes that have come due.
  void advance(TimePoint now);

  /// When the next late probe is due; none if none is pending.
  [[nodiscard]] std::optional<TimePoint> next_due() const;

  /// A write to the bus's `drivers_probe`.
  Outcome probe(const std::string& bus, std::string_view written);

  /// A write to the driver's `bind`, and to its `unbind`.
  Outcome bind(const std::string& bus, const std::string& driver, std::string_view written);
  Outcome unbind(const std::string& bus, const std::string& driver, std::string_view written);

  /// A write to the device's `driver_override`.
  Outcome set_override(Serial serial, std::string_view written);

  void set_autoprobe(const std::string& bus, bool autoprobe);

  /// Loads a module: ENOENT if there is none of that name.
  Outcome load(std::string_view module);

  /// A device appears: EEXIST, or ENODEV for an unknown bus, parent or driver.
  Outcome add(const DeviceSpec& spec);

  /// A device and those below it are unplugged, and nothing brings them back.
  void vanish(Serial serial);

  /// A write to pci's `remove`: as vanish(), but the driver is asked, and a rescan finds them
  /// again.
  Outcome remove(Serial serial);

  /// What hangs goes on to its end, and nothing hangs any more.
  void end_hangs();

  /// Brings back what remove() took away, as new devices.
  Outcome rescan();

  [[nodiscard]] const std::map<std::string, Bus>& buses() const { return buses_; }
  [[nodiscard]] const std::map<std::string, Module>& modules() const { return modules_; }
  [[nodiscard]] const std::map<Serial, Device>& devices() const { return devices_; }

  /// The device; null if it has gone.
  [[nodiscard]] const Device* device(Serial serial) const;

  /// The device of that name as the kernel looks for it: `name` ends at a NUL, and one newline at
  /// its end does not count. Null if there is none.
  [[nodiscard]] const Device* find(const std::string& bus, std::string_view name) const;

  /// What has changed since the last call.
  Changes take_changes();

 private:
  struct LateProbe {
    TimePoint due;
    Serial serial;
    std::string driver;
  };

  void add_bus(const BusSpec& spec);
  void add_initial_driver(const DriverSpec& spec);
  void add_initial_device(const DeviceSpec& spec);
  Outcome register_driver(const DriverSpec& spec);

  Device* find_writable(const std::string& bus, std::string_view name);
  [[nodiscard]] const DriverSpec* find_driver(const std::string& bus, std::string_view name) const;
  [[nodiscard]] const Device* find_parent(const DeviceSpec& spec) const;
  [[nodiscard]] std::string device_path(const DeviceSpec& spec) const;
  [[nodiscard]] int check_new_device(const DeviceSpec& spec) const;

  Device& create(const DeviceSpec& spec, std::size_t ordinal);
  void drop(Serial serial);
  [[nodiscard]] std::vector<Serial> subtree_bottom_up(const Device& device) const;

  Outcome attach_to_any(Device& device);
  Outcome attach_or_defer(Device& device, const DriverSpec& driver);
  Outcome attach(Device& device, const DriverSpec& driver);
  Outcome detach(Device& device);
  void set_link(Device& device, bool is_there);
  void record(std::string_view verb, const Device& device);

  std::map<std::string, Bus> buses_;
  std::map<std::string, Module> modules_;
  std::map<Serial, Device> devices_;
  std::map<std::size_t, DeviceSpec> removed_;  ///< by ordinal, so that parents come first
  std::vector<LateProbe> late_probes_;
  Changes changes_;
  TimePoint now_;
  Serial next_serial_ = 1000;
  std::size_t next_ordinal_ = 0;
};

}  // namespace fake_sysfs
