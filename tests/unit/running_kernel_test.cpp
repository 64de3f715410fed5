// SPDX-License-Identifier: LGPL-2.1-or-later
// By which path the running kernel's devices are reached.
#include "hook/kernel.hpp"
#include "tests/unit/device_root.hpp"

namespace driver_override {
namespace {

class RunningKernelTest : public DeviceRoot {
 protected:
  void SetUp() override {
    device("pci", "pci0000:00/0000:00:10.0");
    put("sys/devices/pci0000:00/0000:00:10.0/driver_override", "by-bus\n");
    put("sys/elsewhere/driver_override", "by-folder\n");
  }
  /// The override of the device as it was remembered.
  std::string read(const Device& device) {
    const Root root(base_);
    RunningKernel kernel(root);
    kernel.remember(device);
    std::error_code error;
    return kernel.read_override(device.id, error);
  }

  Device card_{{"pci", "0000:00:10.0"}};
};

TEST_F(RunningKernelTest, AKnownFolderIsTheShortWay) {
  card_.folder = "sys/elsewhere";
  EXPECT_EQ(read(card_), "by-folder");
}

TEST_F(RunningKernelTest, AnUnknownFolderIsLookedFor) {
  EXPECT_EQ(read(card_), "by-bus");
}

}  // namespace
}  // namespace driver_override
