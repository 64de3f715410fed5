// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/kernel.hpp"

#include <fcntl.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "hook/sysfs.hpp"

namespace driver_override {
namespace {

std::string kernel_driver_path(const std::string& bus, const std::string& driver) {
  return "sys/bus/" + bus + "/drivers/" + driver;
}

}  // namespace

void RunningKernel::remember(const Device& device) {
  if (!device.folder.empty()) folders_[device.id] = device.folder;
}

std::string RunningKernel::path_of(const DeviceId& device) const {
  const auto found = folders_.find(device);
  return found == folders_.end() ? sysfs_device_path(device) : found->second;
}

std::string RunningKernel::read_override(const DeviceId& device, std::error_code& error) {
  open_override_ = {};
  const std::string path = path_of(device) + "/driver_override";
  Descriptor file = root_.open(path, O_RDWR, error);
  const bool is_writable = !error;
  if (error == std::errc::permission_denied || error == std::errc::read_only_file_system)
    file = root_.open(path, O_RDONLY, error);
  if (error) return {};
  std::string text = read_attribute(file, error);
  if (is_writable) open_override_ = {device, std::move(file)};
  return text == "(null)" ? std::string() : text;
}

void RunningKernel::write_override(const DeviceId& device, const std::string& driver,
                                   std::error_code& error) {
  // A write of no byte would never reach the kernel.
  const std::string text = driver.empty() ? "\n" : driver;
  const OpenOverride open = std::exchange(open_override_, {});
  if (open.file.number() >= 0 && open.device == device)
    write_attribute(open.file, text, error);
  else
    root_.write(path_of(device) + "/driver_override", text, error);
}

bool RunningKernel::device_exists(const DeviceId& device) {
  return root_.exists(sysfs_device_path(device));
}

std::optional<std::string> RunningKernel::driver_of(const DeviceId& device) {
  return root_.link(path_of(device), "driver");
}

bool RunningKernel::is_registered(const std::string& bus, const std::string& driver) {
  return root_.exists(kernel_driver_path(bus, driver));
}

void RunningKernel::unbind(const DeviceId& device, const std::string& driver,
                           std::error_code& error) {
  root_.write(kernel_driver_path(device.bus, driver) + "/unbind", device.name, error);
}

void RunningKernel::probe(const DeviceId& device, std::error_code& error) {
  root_.write("sys/bus/" + device.bus + "/drivers_probe", device.name, error);
}

void RunningKernel::bind(const DeviceId& device, const std::string& driver,
                         std::error_code& error) {
  if (!folders_.empty()) folders_.clear();
  root_.write(kernel_driver_path(device.bus, driver) + "/bind", device.name, error);
}

std::string RunningKernel::modalias(const DeviceId& device) {
  std::error_code error;
  return root_.read_attribute(sysfs_device_path(device) + "/modalias", error);
}

bool RunningKernel::has_link(const DeviceId& device, const std::string& name) {
  return root_.link(sysfs_device_path(device), name).has_value();
}

ProgramResult RunningKernel::load_modules(const std::vector<std::string>& modules,
                                          std::error_code& error) {
  // No name can pass for an option behind "--".
  std::vector<std::string> words = {"modprobe", "-a", "--"};
  words.insert(words.end(), modules.begin(), modules.end());
  return run_program(root_, std::move(words), error);
}

bool RunningKernel::is_loading(const std::string& module) {
  std::string folder = module;
  std::replace(folder.begin(), folder.end(), '-', '_');
  std::error_code error;
  return root_.read_attribute("sys/module/" + folder + "/initstate", error) == "coming";
}

void RunningKernel::wait(std::chrono::milliseconds duration) {
  if (!folders_.empty()) folders_.clear();
  std::this_thread::sleep_for(duration);
}

}  // namespace driver_override
