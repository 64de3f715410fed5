// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/iommu.hpp"

namespace driver_override {
namespace {

constexpr const char* groups_folder = "sys/kernel/iommu_groups";

}  // namespace

bool has_iommu(const Root& root) {
  std::error_code error;
  return !root.list(groups_folder, error).empty();
}

bool is_noiommu_allowed(const Root& root) {
  std::error_code error;
  return root.read("sys/module/vfio/parameters/enable_unsafe_noiommu_mode", error) == "Y\n";
}

std::vector<Device> read_iommu_group(const Root& root, const std::string& group) {
  const std::string folder = std::string(groups_folder) + "/" + group + "/devices/";
  std::vector<Device> devices;
  std::error_code error;
  for (const std::string& name : root.list(folder, error)) {
    const std::string path = folder + name;
    Device device({root.link(path, "subsystem").value_or(""), name});
    device.driver = root.link(path, "driver");
    devices.push_back(std::move(device));
  }
  return devices;
}

}  // namespace driver_override
