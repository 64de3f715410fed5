// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model_kernel.hpp"

#include <algorithm>
#include <cerrno>

namespace driver_override {
namespace {

constexpr const char* bus = "pci";

std::error_code from_errno(int number) {
  return {number, std::generic_category()};
}

template <typename Spec>
Spec* find_spec(std::vector<Spec>& specs, const std::string& name) {
  const auto found =
      std::find_if(specs.begin(), specs.end(), [&](const Spec& spec) { return spec.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

}  // namespace

ModelKernel::ModelKernel() {
  machine_.buses.push_back({bus});
}

fake_sysfs::DeviceSpec& ModelKernel::device(const std::string& name) {
  if (auto* known = find_spec(machine_.devices, name)) return *known;
  fake_sysfs::DeviceSpec spec{bus, name};
  spec.native = {"e1000"};
  return machine_.devices.emplace_back(std::move(spec));
}

fake_sysfs::DriverSpec& ModelKernel::driver(const std::string& name) {
  if (auto* known = find_spec(machine_.drivers, name)) return *known;
  return machine_.drivers.emplace_back(fake_sysfs::DriverSpec{bus, name});
}

fake_sysfs::DriverSpec& ModelKernel::module(const std::string& name) {
  const std::string known_as = fake_sysfs::module_name(name);
  if (auto* known = find_spec(machine_.modules, known_as)) return known->drivers[0];
  return machine_.modules.emplace_back(fake_sysfs::ModuleSpec{known_as, {{bus, name}}}).drivers[0];
}

std::optional<std::string> ModelKernel::present_driver(const std::string& name) const {
  if (core_) {
    const fake_sysfs::Device* found = core_->find(bus, name);
    return found == nullptr ? std::nullopt : found->driver;
  }
  for (const fake_sysfs::DeviceSpec& spec : machine_.devices)
    if (spec.name == name) return spec.driver;
  return std::nullopt;
}

std::string ModelKernel::present_override(const std::string& name) const {
  const fake_sysfs::Device* found = core_ ? core_->find(bus, name) : nullptr;
  return found == nullptr ? "" : found->override_name.value_or("");
}

fake_sysfs::DriverCore& ModelKernel::core() {
  if (core_) return *core_;
  for (const fake_sysfs::DeviceSpec& spec : machine_.devices)
    if (spec.driver) (void)driver(*spec.driver);
  for (const auto& [device, taker] : taken_by_modprobe) (void)driver(taker);
  return core_.emplace(machine_);
}

const fake_sysfs::Device* ModelKernel::find(const std::string& name) {
  return core().find(bus, name);
}

void ModelKernel::vanish(const std::string& name) {
  if (const fake_sysfs::Device* found = find(name)) core().vanish(found->serial);
}

void ModelKernel::set_override(const std::string& name, const std::string& driver) {
  (void)core().set_override(find(name)->serial, driver);
}

void ModelKernel::begin(const std::string& step) {
  steps.push_back(step);
  if (step == hanging) throw Hang();
}

bool ModelKernel::fails(const std::string& step, const DeviceId& device, std::error_code& error) {
  std::string key = step;
  key.append(" ").append(device.name);
  begin(key);
  error.clear();
  if (vanishing.count(key) != 0) vanish(device.name);
  const auto fault = faults.find(key);
  if (fault != faults.end()) {
    error = from_errno(fault->second);
    if (once.count(key) != 0) faults.erase(fault);
  } else if (find(device.name) == nullptr) {
    // A file of the device has gone with it; a file of its bus knows no such device.
    error = from_errno(step == "read" || step == "override" ? ENOENT : ENODEV);
  }
  return static_cast<bool>(error);
}

std::string ModelKernel::read_override(const DeviceId& device, std::error_code& error) {
  if (fails("read", device, error)) return {};
  if (!pci().has_override) error = from_errno(ENOENT);
  return present_override(device.name);
}

void ModelKernel::write_override(const DeviceId& device, const std::string& driver,
                                 std::error_code& error) {
  if (!fails("override", device, error)) set_override(device.name, driver);
}

bool ModelKernel::device_exists(const DeviceId& device) {
  return find(device.name) != nullptr;
}

std::optional<std::string> ModelKernel::driver_of(const DeviceId& device) {
  const fake_sysfs::Device* found = find(device.name);
  return found != nullptr && found->has_link ? found->driver : std::nullopt;
}

bool ModelKernel::is_registered(const std::string& /*bus*/, const std::string& driver) {
  const auto& drivers = core().buses().at(bus).drivers;
  return std::any_of(drivers.begin(), drivers.end(),
                     [&](const fake_sysfs::DriverSpec& spec) { return spec.name == driver; });
}

bool ModelKernel::has_bind_files(const std::string& driver) {
  const auto& drivers = core().buses().at(bus).drivers;
  return std::any_of(drivers.begin(), drivers.end(), [&](const fake_sysfs::DriverSpec& spec) {
    return spec.name == driver && !spec.suppresses_bind_attrs;
  });
}

void ModelKernel::unbind(const DeviceId& device, const std::string& driver,
                         std::error_code& error) {
  if (fails("unbind", device, error)) return;
  error =
      from_errno(has_bind_files(driver) ? core().unbind(bus, driver, device.name).error : ENOENT);
}

void ModelKernel::probe(const DeviceId& device, std::error_code& error) {
  if (!fails("probe", device, error)) error = from_errno(core().probe(bus, device.name).error);
}

void ModelKernel::bind(const DeviceId& device, const std::string& driver, std::error_code& error) {
  if (fails("bind", device, error)) return;
  error = from_errno(has_bind_files(driver) ? core().bind(bus, driver, device.name).error : ENOENT);
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

void ModelKernel::take(const std::string& device, const std::string& driver) {
  if (find(device) == nullptr) return;
  const std::string meanwhile = present_override(device);
  set_override(device, "");
  (void)core().bind(bus, driver, device);
  set_override(device, meanwhile);
}

ProgramResult ModelKernel::load_modules(const std::vector<std::string>& names,
                                        std::error_code& error) {
  std::string step = "modprobe";
  for (const std::string& name : names) step += " " + name;
  begin("modprobe");
  steps.back() = step;
  for (const fake_sysfs::DeviceSpec& spec : machine_.devices)
    if (vanishing.count("modprobe " + spec.name) != 0) vanish(spec.name);
  for (const auto& [device, driver] : taken_by_modprobe) take(device, driver);
  error.clear();
  if (faults.count("modprobe") != 0) error = from_errno(faults["modprobe"]);
  if (error) return {127, {}};
  for (const std::string& name : names) (void)core().load(name);
  return {modprobe_status, modprobe_error_output, modprobe_signal};
}

void ModelKernel::wait(std::chrono::milliseconds duration) {
  now_ += duration;
  core().advance(now_);
}

}  // namespace driver_override
