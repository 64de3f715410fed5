// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel that the program talks to, in process: what devices and drivers do is the driver core
// of tests/fake_sysfs. Here every step is recorded, and any step of any device can be made to fail.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hook/kernel.hpp"
#include "tests/fake_sysfs/driver_core.hpp"

namespace driver_override {

class ModelKernel : public Kernel {
 public:
  struct Hang {};

  ModelKernel();

  /// A device of the bus pci that e1000 takes without an override, a driver that is registered, and
  /// the driver that a module registers, both of the bus pci: as the machine is to be before its
  /// first step. What is not described yet is made.
  fake_sysfs::DeviceSpec& device(const std::string& name);
  fake_sysfs::DriverSpec& driver(const std::string& name);
  fake_sysfs::DriverSpec& module(const std::string& name);
  fake_sysfs::BusSpec& pci() { return machine_.buses[0]; }

  /// What has the device now; none if none has, or if it has gone.
  std::optional<std::string> present_driver(const std::string& device) const;
  /// Its override; empty if it has none.
  std::string present_override(const std::string& device) const;

  std::map<std::string, int> faults;  ///< "step NAME" → errno, as the steps are recorded
  std::set<std::string> once;         ///< those of the faults that strike only once
  std::set<std::string> vanishing;    ///< steps in which their device goes
  std::string hanging;                ///< the step that throws Hang
  std::map<std::string, std::string> taken_by_modprobe;  ///< device → the driver that takes it then
  int modprobe_status = 0;
  int modprobe_signal = 0;
  std::string modprobe_error_output;
  std::set<std::string> loading;   ///< modules whose init hangs
  std::set<std::string> links;     ///< "DEVICE LINK": links that devices have
  std::vector<std::string> steps;  ///< what was done, in order

  std::string read_override(const DeviceId& device, std::error_code& error) override;
  void write_override(const DeviceId& device, const std::string& driver,
                      std::error_code& error) override;
  bool device_exists(const DeviceId& device) override;
  std::optional<std::string> driver_of(const DeviceId& device) override;
  bool is_registered(const std::string& bus, const std::string& driver) override;
  void unbind(const DeviceId& device, const std::string& driver, std::error_code& error) override;
  void probe(const DeviceId& device, std::error_code& error) override;
  void bind(const DeviceId& device, const std::string& driver, std::error_code& error) override;
  std::string modalias(const DeviceId& device) override;
  bool has_link(const DeviceId& device, const std::string& name) override;
  ProgramResult load_modules(const std::vector<std::string>& names,
                             std::error_code& error) override;
  bool is_loading(const std::string& module) override;
  void wait(std::chrono::milliseconds duration) override;

 private:
  /// The machine, which is there from its first step on.
  fake_sysfs::DriverCore& core();
  const fake_sysfs::Device* find(const std::string& device);
  void set_override(const std::string& device, const std::string& driver);
  void vanish(const std::string& device);
  /// The driver's file `bind` or `unbind`.
  [[nodiscard]] bool has_bind_files(const std::string& driver);
  /// What a driver does whose probe began before the override was there.
  void take(const std::string& device, const std::string& driver);
  /// Records a step, and throws if it hangs.
  void begin(const std::string& step);
  /// Begins a step of a device; true if it is made to fail, or the device does not exist.
  bool fails(const std::string& step, const DeviceId& device, std::error_code& error);

  fake_sysfs::Spec machine_;
  std::optional<fake_sysfs::DriverCore> core_;
  fake_sysfs::TimePoint now_;
};

}  // namespace driver_override
