// SPDX-License-Identifier: LGPL-2.1-or-later
// A fixture: a root of plain files with devices on buses.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "hook/root.hpp"
#include "tests/temporary_root.hpp"

namespace driver_override {

class DeviceRoot : public testing::Test {
 protected:
  void put(const std::string& path, const std::string& text) { files_.put(path, text); }
  void link(const std::string& path, const std::string& target) {
    std::filesystem::create_directories((base_ / path).parent_path());
    std::filesystem::create_symlink(target, base_ / path);
  }
  void folder(const std::string& path) { std::filesystem::create_directories(base_ / path); }

  /// A device and the link to it on its bus; `folder` lies in /sys/devices.
  void device(const std::string& bus, const std::string& folder) {
    const std::string name = folder.substr(folder.rfind('/') + 1);
    this->folder("sys/devices/" + folder);
    link("sys/bus/" + bus + "/devices/" + name, "../../../devices/" + folder);
    link("sys/devices/" + folder + "/subsystem", "/sys/bus/" + bus);
  }
  /// The driver that has a device.
  void bind(const std::string& folder, const std::string& driver) {
    link("sys/devices/" + folder + "/driver", "/sys/bus/pci/drivers/" + driver);
  }
  /// Puts a device in an IOMMU group.
  void group(const std::string& folder, const std::string& number) {
    const std::string name = folder.substr(folder.rfind('/') + 1);
    link("sys/devices/" + folder + "/iommu_group", "/sys/kernel/iommu_groups/" + number);
    link("sys/kernel/iommu_groups/" + number + "/devices/" + name, "/sys/devices/" + folder);
  }

  Root root() { return Root(base_); }

  TemporaryRoot files_;
  std::filesystem::path base_ = files_.path();
};

}  // namespace driver_override
