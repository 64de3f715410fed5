// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model_kernel.hpp"

#include <cerrno>

namespace driver_override {
namespace {

std::error_code from_errno(int number) {
  return {number, std::generic_category()};
}

}  // namespace

void ModelKernel::begin(const std::string& step) {
  steps.push_back(step);
  if (step == hanging) throw Hang();
}

bool ModelKernel::fails(const std::string& step, const DeviceId& device, std::error_code& error) {
  std::string key = step;
  key.append(" ").append(device.name);
  begin(key);
  error.clear();
  if (vanishing.count(key) != 0) devices.erase(device.name);
  const auto fault = faults.find(key);
  if (fault != faults.end()) {
    error = from_errno(fault->second);
    if (once.count(key) != 0) faults.erase(fault);
  } else if (devices.count(device.name) == 0) {
    // A file of the device has gone with it; a file of its bus knows no such device.
    error = from_errno(step == "read" || step == "override" ? ENOENT : ENODEV);
  }
  return static_cast<bool>(error);
}

int ModelKernel::attach(const std::string& name) {
  State& device = devices[name];
  const std::string& wanted = device.override_name.empty() ? device.native : device.override_name;
  if (device.driver || drivers.count(wanted) == 0) return 0;
  const auto failure = probe_fails.find(wanted);
  if (failure != probe_fails.end()) return failure->second;
  device.driver = wanted;
  return 0;
}

std::string ModelKernel::read_override(const DeviceId& device, std::error_code& error) {
  if (fails("read", device, error)) return {};
  if (!devices[device.name].takes_override) error = from_errno(ENOENT);
  return devices[device.name].override_name;
}

void ModelKernel::write_override(const DeviceId& device, const std::string& driver,
                                 std::error_code& error) {
  if (!fails("override", device, error)) devices[device.name].override_name = driver;
}

bool ModelKernel::device_exists(const DeviceId& device) {
  return devices.count(device.name) != 0;
}

std::optional<std::string> ModelKernel::driver_of(const DeviceId& device) {
  const auto found = devices.find(device.name);
  if (found == devices.end() || found->second.link_delay > 0) return std::nullopt;
  return found->second.driver;
}

bool ModelKernel::is_registered(const std::string& /*bus*/, const std::string& driver) {
  return drivers.count(driver) != 0;
}

void ModelKernel::unbind(const DeviceId& device, const std::string& driver,
                         std::error_code& error) {
  if (fails("unbind", device, error)) return;
  if (unbindable.count(driver) != 0)
    error = from_errno(ENOENT);
  else if (devices[device.name].driver != driver)
    error = from_errno(ENODEV);
  else
    devices[device.name].driver.reset();
}

void ModelKernel::probe(const DeviceId& device, std::error_code& error) {
  if (!fails("probe", device, error)) (void)attach(device.name);  // says success even then
}

void ModelKernel::bind(const DeviceId& device, const std::string& driver, std::error_code& error) {
  if (fails("bind", device, error)) return;
  State& state = devices[device.name];
  const bool matches =
      state.override_name.empty() ? state.native == driver : state.override_name == driver;
  if (state.driver)
    error = from_errno(EBUSY);
  else if (!matches)
    error = from_errno(ENODEV);
  else if (const int failure = attach(device.name); failure != 0)
    error = from_errno(failure);
}

std::string ModelKernel::modalias(const DeviceId& device) {
  return "model:" + device.name;
}

bool ModelKernel::has_link(const DeviceId& device, const std::string& name) {
  return links.count(device.name + " " + name) != 0;
}

bool ModelKernel::is_loading(const std::string& module) {
  return loading.count(module) != 0;
}

ProgramResult ModelKernel::load_modules(const std::vector<std::string>& names,
                                        std::error_code& error) {
  std::string step = "modprobe";
  for (const std::string& name : names) step += " " + name;
  begin("modprobe");
  steps.back() = step;
  std::erase_if(devices, [&](const auto& device) {
    return vanishing.count("modprobe " + device.first) != 0;
  });
  for (const auto& [device, driver] : taken_by_modprobe) devices[device].driver = driver;
  error.clear();
  if (faults.count("modprobe") != 0) error = from_errno(faults["modprobe"]);
  if (error) return {127, {}};
  for (const std::string& name : names) {
    const auto module = modules.find(name);
    if (module == modules.end()) continue;
    drivers.insert(module->second);
    for (auto& [device, state] : devices) (void)attach(device);
  }
  return {modprobe_status, modprobe_error_output, modprobe_signal};
}

void ModelKernel::wait(std::chrono::milliseconds /*duration*/) {
  for (auto& [name, device] : devices)
    if (device.link_delay > 0) --device.link_delay;
}

}  // namespace driver_override
