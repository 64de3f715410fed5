// SPDX-License-Identifier: LGPL-2.1-or-later
// Devices that another driver has, or that their driver does not want: what is taken, what is said.
// A further cause of a refusal gets its test here.
#include "tests/system/fault_test.hpp"

namespace {

using system_tests::FaultRun;

constexpr std::string_view machine = R"(
bus pci
driver pci e1000
driver pci fixed no-unbind
device pci 0000:00:10.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:11.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:12.0 class=0x020000 native=fixed driver=fixed
device pci 0000:00:13.0 class=0x020000
module pci-stub registers pci pci-stub
)";

class RebindTest : public FaultRun {
 protected:
  void boot_with(const std::string& more, std::string_view command_line) {
    boot(std::string(machine) + more + "\n", command_line);
    apply();
  }

  /// The one message of a refused device, and that the other device was done.
  void expect_refused(const std::string& slot, const std::string& message) {
    EXPECT_EQ(result_.status, 1);
    EXPECT_EQ(messages_of("pci 0000:" + slot, "not bound to "), std::vector<std::string>{message})
        << log();
    EXPECT_TRUE(is_claimed_as(slot, "failed")) << claim(slot);
    EXPECT_EQ(driver("00:13.0"), "pci-stub") << log();
    EXPECT_EQ(accesses_to("00:10.0"), 0U);
  }

  static std::string refused_by_vfio(const std::string& slot, const std::string& reason) {
    return "\"vfio-pci\": the driver \"vfio-pci\" does not take it: " + reason +
           "; it stays without a driver until \"driver-override clear pci,0000:" + slot + '"';
  }
};

TEST_F(RebindTest, ADeviceIsTakenFromItsDriver) {
  boot_with("", "driver_override=pci,00:11.0=pci-stub");
  EXPECT_EQ(result_.status, 0);
  EXPECT_EQ(driver("00:11.0"), "pci-stub");
}

TEST_F(RebindTest, ADriverThatForbidsUnbindingKeepsItsDevice) {
  boot_with("", "driver_override=pci,00:12.0,00:13.0=pci-stub");
  expect_refused("00:12.0",
                 "\"pci-stub\": the driver \"fixed\" has it and cannot be unbound; keep that "
                 "driver from loading first; its override stays set until \"driver-override clear "
                 "pci,0000:00:12.0\"");
  EXPECT_EQ(driver("00:12.0"), "fixed");
}

/// e1000 is quicker than the probe, once: it has the device when the link is looked at.
TEST_F(RebindTest, ADriverThatWasQuickerIsUnboundOnceMore) {
  boot_with("fault */drivers/e1000/unbind write ENODEV 1",
            "driver_override=pci,00:11.0,00:13.0=pci-stub");
  EXPECT_EQ(result_.status, 0) << log();
  EXPECT_EQ(driver("00:11.0"), "pci-stub");
}

TEST_F(RebindTest, ADriverThatTakesItAgainIsNamed) {
  boot_with("fault */drivers/e1000/unbind write ENODEV",
            "driver_override=pci,00:11.0,00:13.0=pci-stub");
  expect_refused("00:11.0", "\"pci-stub\": the driver \"e1000\" took it again");
}

TEST_F(RebindTest, AModuleThatAlsoBringsTheNativeDriverIsHeldOffByTheOverride) {
  boot_with(
      "device pci 0000:00:14.0 native=rival\n"
      "module both registers pci rival\nmodule both registers pci wanted",
      "driver_override=pci,00:14.0=wanted,module=both");
  EXPECT_EQ(result_.status, 0) << log();
  EXPECT_EQ(driver("00:14.0"), "wanted");
}

TEST_F(RebindTest, VfioTakesNoBridge) {
  boot_with(
      "driver pci vfio-pci probe-errno=EINVAL\n"
      "device pci 0000:00:14.0 class=0x060400 iommu_group=1",
      "driver_override=pci,00:14.0=vfio-pci;pci,00:13.0=pci-stub");
  expect_refused("00:14.0",
                 refused_by_vfio("00:14.0", "Invalid argument: vfio-pci takes no bridge"));
}

TEST_F(RebindTest, VfioNeedsAnIommuGroup) {
  boot_with("driver pci vfio-pci probe-errno=EINVAL\ndevice pci 0000:00:14.0 class=0x030000",
            "driver_override=pci,00:14.0=vfio-pci;pci,00:13.0=pci-stub");
  expect_refused("00:14.0",
                 refused_by_vfio("00:14.0",
                                 "Invalid argument: it is in no IOMMU group; the IOMMU must be on, "
                                 "in the firmware and in the kernel"));
}

TEST_F(RebindTest, VfioTakesNoCardThatHasVirtualFunctions) {
  boot_with(
      "driver pci vfio-pci probe-errno=EBUSY\n"
      "device pci 0000:00:14.0 class=0x020000 iommu_group=1 virtual_functions=0000:00:13.0",
      "driver_override=pci,00:14.0=vfio-pci;pci,00:13.0=pci-stub");
  expect_refused("00:14.0",
                 refused_by_vfio("00:14.0",
                                 "Device or resource busy: it has virtual functions, which must "
                                 "be removed first (sriov_numvfs)"));
}

TEST_F(RebindTest, ADriverThatWaitsForAnotherDeviceIsLeftToTheKernel) {
  boot_with("driver pci later probe-errno=EPROBE_DEFER\ndevice pci 0000:00:14.0",
            "driver_override=pci,00:14.0=later;pci,00:13.0=pci-stub");
  EXPECT_EQ(result_.status, 0) << log();
  EXPECT_TRUE(
      is_logged("pci 0000:00:14.0: override \"later\" is set and waits: the driver "
                "\"later\" waits for another device, and the kernel tries again\n"))
      << log();
  EXPECT_TRUE(is_claimed_as("00:14.0", "waiting"));
  EXPECT_EQ(driver("00:13.0"), "pci-stub");
}

TEST_F(RebindTest, NorebindLeavesADeviceToItsDriver) {
  boot_with("", "driver_override=pci,00:11.0,00:13.0=pci-stub,norebind");
  EXPECT_EQ(result_.status, 0) << log();
  EXPECT_EQ(driver("00:11.0"), "e1000");
  EXPECT_EQ(driver("00:13.0"), "pci-stub");
  for (const std::string& line : root_->log())
    EXPECT_FALSE(line.rfind("write", 0) == 0 && line.find("00:11.0") != std::string::npos) << line;
}

TEST_F(RebindTest, NoneFreesADevice) {
  boot_with("", "driver_override=pci,00:11.0=none");
  EXPECT_EQ(result_.status, 0) << log();
  EXPECT_EQ(driver("00:11.0"), "");
}

TEST_F(RebindTest, NoneCannotFreeADeviceOfADriverThatForbidsIt) {
  boot_with("", "driver_override=pci,00:12.0=none;pci,00:13.0=pci-stub");
  EXPECT_EQ(result_.status, 1);
  EXPECT_TRUE(
      is_logged("pci 0000:00:12.0: not freed: the driver \"fixed\" has it and cannot be "
                "unbound; keep that driver from loading first; its override stays set until "
                "\"driver-override clear pci,0000:00:12.0\"\n"))
      << log();
  EXPECT_EQ(driver("00:13.0"), "pci-stub");
}

}  // namespace
