// SPDX-License-Identifier: LGPL-2.1-or-later
// A model of the kernel's side of binding, in process: it behaves as the driver core does and
// records every change, and any step of any device can be made to fail.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "hook/kernel.hpp"

namespace driver_override {

class ModelKernel : public Kernel {
 public:
  struct State {
    std::string native;  ///< the driver that takes it without an override
    std::optional<std::string> driver;
    std::string override_name;
    bool takes_override = true;
    int link_delay = 0;  ///< how many waits until a bound driver's link shows
  };

  struct Hang {};

  std::map<std::string, State> devices;        ///< by name, all on the bus pci
  std::set<std::string> drivers;               ///< registered
  std::set<std::string> unbindable;            ///< drivers that forbid unbinding
  std::map<std::string, int> probe_fails;      ///< driver → errno of its probe
  std::map<std::string, std::string> modules;  ///< module → the driver that it registers
  std::map<std::string, int> faults;           ///< "step NAME" → errno, as the steps are recorded
  std::set<std::string> once;                  ///< those of the faults that strike only once
  std::set<std::string> vanishing;             ///< steps in which their device goes
  std::string hanging;                         ///< the step that throws Hang
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
  /// Records a step, and throws where it hangs.
  void begin(const std::string& step);
  /// Begins a step of a device; true where it is made to fail, or the device does not exist.
  bool fails(const std::string& step, const DeviceId& device, std::error_code& error);
  /// What the bus does with a free device: a driver that matches is tried.
  int attach(const std::string& name);
};

}  // namespace driver_override
