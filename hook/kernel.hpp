// SPDX-License-Identifier: LGPL-2.1-or-later
// The one interface to everything that changes a device or can block, so that tests can put a model
// of the kernel in its place. A step that is new to binding begins here.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <system_error>
#include <unordered_map>
#include <vector>

#include "hook/descriptor.hpp"
#include "hook/device.hpp"
#include "hook/program.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// Every function sets `error` to what the kernel answered, or clears it.
class Kernel {
 public:
  Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  virtual ~Kernel() = default;

  /// The device's override; empty if it is unset, which reads "(null)" on most buses and as an
  /// empty line on some (drivers/base/driver.c; spi, ap). ENOENT: the device has gone, or its bus
  /// takes no overrides; device_exists() tells which.
  virtual std::string read_override(const DeviceId& device, std::error_code& error) = 0;

  /// Sets the override, or clears it if `driver` is empty. Neither binds nor unbinds anything.
  virtual void write_override(const DeviceId& device, const std::string& driver,
                              std::error_code& error) = 0;

  virtual bool device_exists(const DeviceId& device) = 0;

  /// The driver that has the device, by its `driver` link; none if it is free or gone.
  virtual std::optional<std::string> driver_of(const DeviceId& device) = 0;

  /// True if a driver of that name is registered on the bus.
  virtual bool is_registered(const std::string& bus, const std::string& driver) = 0;

  /// Takes the device from `driver`. ENOENT: that driver forbids it (suppress_bind_attrs); ENODEV:
  /// it does not have the device (drivers/base/bus.c, unbind_store).
  virtual void unbind(const DeviceId& device, const std::string& driver,
                      std::error_code& error) = 0;

  /// Lets the bus find a driver. Succeeds even if nothing was bound (drivers/base/bus.c,
  /// drivers_probe_store).
  virtual void probe(const DeviceId& device, std::error_code& error) = 0;

  /// Binds the device to `driver`, with the probe's own error: ENODEV no match, EBUSY bound, EAGAIN
  /// deferred (drivers/base/bus.c, bind_store).
  virtual void bind(const DeviceId& device, const std::string& driver, std::error_code& error) = 0;

  /// What a uevent would load modules by; empty if the device says nothing of it.
  virtual std::string modalias(const DeviceId& device) = 0;

  /// True if the device has a link of that name, such as `iommu_group` or `virtfn0`.
  virtual bool has_link(const DeviceId& device, const std::string& name) = 0;

  /// Loads modules by one call of modprobe. `error` is set if it could not be run.
  virtual ProgramResult load_modules(const std::vector<std::string>& modules,
                                     std::error_code& error) = 0;

  /// True while the module's init function runs: for ever, if a probe in it hangs
  /// (kernel/module/sysfs, `initstate`).
  virtual bool is_loading(const std::string& module) = 0;

  virtual void wait(std::chrono::milliseconds duration) = 0;
};

/// The running kernel, through sysfs and modprobe.
class RunningKernel : public Kernel {
 public:
  /// \param root  outlives the kernel
  explicit RunningKernel(const Root& root) : root_(root) {}

  /// Takes the short way to a device, until something is waited for or bound by name: what may
  /// have come and gone is looked for again.
  void remember(const Device& device);

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
  ProgramResult load_modules(const std::vector<std::string>& modules,
                             std::error_code& error) override;
  bool is_loading(const std::string& module) override;
  void wait(std::chrono::milliseconds duration) override;

 private:
  [[nodiscard]] std::string path_of(const DeviceId& device) const;

  struct ByName {
    std::size_t operator()(const DeviceId& device) const {
      return std::hash<std::string>()(device.name);
    }
  };

  const Root& root_;
  std::unordered_map<DeviceId, std::string, ByName> folders_{};
  /// The override that was read last, for the write that mostly follows.
  struct OpenOverride {
    DeviceId device{};
    Descriptor file{};  ///< open for both; negative if there is none
  };
  OpenOverride open_override_{};
};

}  // namespace driver_override
