// SPDX-License-Identifier: LGPL-2.1-or-later
// What would go wrong with a plan on a machine of a few files. What the described machines in
// tests/trees show is tested there.
#include "tool/advice/advice.hpp"

#include "parser/message.hpp"
#include "tests/unit/device_root.hpp"

namespace driver_override {
namespace {

using Texts = std::vector<std::string>;

class AdviceTest : public DeviceRoot {
 protected:
  /// A PCI device below the root bus that a pattern gives to a driver.
  Action& take(const std::string& name, const std::string& driver) {
    device("pci", "pci0000:00/" + name);
    Action action = {Device({"pci", name}), driver};
    plan_.actions.push_back(action);
    details_[action.device.id].takes_override = true;
    return plan_.actions.back();
  }
  /// "MESSAGE" or "MESSAGE | HINT".
  Texts said() {
    Configuration configuration;
    configuration.rules.resize(1);
    configuration.rule_sources.resize(1);
    Texts texts;
    for (const Message& one : advise(root(), configuration, plan_, details_))
      texts.push_back(one.hint.empty() ? one.text : one.text + " | " + one.hint);
    return texts;
  }

  Plan plan_;
  std::map<DeviceId, Details> details_;
};

TEST_F(AdviceTest, ADeviceThatIsLeftAloneKeepsItsGroupMixed) {
  for (const char* name : {"0000:00:06.0", "0000:00:06.1"}) {
    take(name, "vfio-pci");
    group(std::string("pci0000:00/") + name, "7");
  }
  bind("pci0000:00/0000:00:06.1", "xhci_hcd");
  EXPECT_EQ(said(), Texts{});
  details_[{"pci", "0000:00:06.1"}].override_name = "somebody-else's";
  EXPECT_EQ(
      said(),
      Texts{"IOMMU group 7 stays closed to vfio because of 0000:00:06.1 (xhci_hcd) | vfio opens a "
            "group only as a whole: add pci,0000:00:06=vfio-pci"});
}

TEST_F(AdviceTest, ADeviceWithoutTheAttributeIsNotSpokenOf) {
  const DeviceId device = take("0000:00:06.0", "vfio-pci").device.id;
  EXPECT_EQ(said().size(), 1U);
  details_[device].takes_override = false;
  EXPECT_EQ(said(), Texts{});
}

TEST_F(AdviceTest, TheNameOfAModuleIsNotThatOfItsDriver) {
  take("0000:00:06.0", "xhci_pci");
  EXPECT_EQ(said(), Texts{"\"xhci_pci\" is a module, not a driver | its driver is \"xhci_hcd\""})
      << "by the table";
  plan_.actions.back().driver = "own";
  EXPECT_EQ(said(), Texts{});
  link("sys/module/own/drivers/pci:own-a", "../../../bus/pci/drivers/own-a");
  link("sys/module/own/drivers/usb:own-b", "../../../bus/usb/drivers/own-b");
  EXPECT_EQ(said(), Texts{"\"own\" is a module, not a driver | its driver is \"own-a\""});
  link("sys/module/own/drivers/pci:own c", "../../../bus/pci/drivers/own c");
  EXPECT_EQ(said(), Texts{"\"own\" is a module, not a driver | its drivers are \"own c\" and "
                          "\"own-a\""});
}

TEST_F(AdviceTest, AModuleWithoutDrivers) {
  take("0000:00:06.0", "irqbypass-x");
  EXPECT_EQ(said(), Texts{});
  folder("sys/module/irqbypass_x");
  EXPECT_EQ(said(), Texts{"\"irqbypass-x\" is a module without a driver of that name"});
  plan_.actions.back().module = "another";
  EXPECT_EQ(said(), Texts{}) << "the driver is said to be elsewhere";
}

TEST_F(AdviceTest, TheModuleOfVfioItself) {
  group("pci0000:00/0000:00:06.0", "7");
  take("0000:00:06.0", "vfio");
  folder("sys/module/vfio");
  put("proc/sys/kernel/osrelease", "6.1.0\n");
  put("lib/modules/6.1.0/modules.dep", "kernel/vfio.ko:\nkernel/pci/vfio-pci.ko: kernel/vfio.ko\n");
  EXPECT_EQ(said(), Texts{"\"vfio\" is a module without a driver of that name | did you mean "
                          "\"vfio-pci\"?"});
}

TEST_F(AdviceTest, ADriverBesideOneOfItsModulesName) {
  // mt7915e holds the drivers mt7915e and mt7915e_hif, of which the table has the second.
  take("0000:00:06.0", "mt7915e");
  EXPECT_EQ(said(), Texts{});
  plan_.actions.back().driver = "megaraid";
  folder("sys/module/megaraid");
  EXPECT_EQ(said(), Texts{}) << "the table knows a driver of that name in another module";
}

class BootDisplayTest : public AdviceTest {
 protected:
  BootDisplayTest() {
    put("sys/devices/pci0000:00/0000:00:06.0/boot_vga", "1\n");
    group("pci0000:00/0000:00:06.0", "7");
  }
  /// The hint behind the first warning of a plan for the boot display.
  std::string hint(const std::string& driver, const std::string& symbols) {
    put("proc/kallsyms", symbols);
    if (plan_.actions.empty()) take("0000:00:06.0", "").device.pci_class = 0x030000;
    plan_.actions.back().driver = driver;
    const std::string said = this->said().at(0);
    const std::size_t bar = said.find(" | ");
    return bar == std::string::npos ? "" : said.substr(bar + 3);
  }

  static constexpr const char* plain = "0000000000000000 t sysfb_init\n";
  static constexpr const char* stub =
      "0000000000000000 T __initstub__kmod_sysfb__2_7_sysfb_init6\n";
  static constexpr const char* other = "0000000000000000 T startup_64\n";
};

TEST_F(BootDisplayTest, HowTheFramebufferIsPrevented) {
  const std::string as_ever =
      "initcall_blacklist=sysfb_init keeps the kernel from making one; then there is no console "
      "before a graphics driver is loaded";
  EXPECT_EQ(hint("pci-stub", ""), as_ever);
  EXPECT_EQ(hint("pci-stub", plain), as_ever);
  EXPECT_EQ(hint("pci-stub", stub),
            "initcall_blacklist=__initstub__kmod_sysfb__2_7_sysfb_init6 (a name that changes with "
            "each build of the kernel) keeps the kernel from making one; then there is no console "
            "before a graphics driver is loaded");
  EXPECT_EQ(hint("pci-stub", other),
            "this kernel has no initcall sysfb_init that could be left out: nothing keeps it from "
            "making one");
}

TEST_F(BootDisplayTest, AFramebufferBehindAMegabyteOfRanges) {
  std::filesystem::remove(base_ / "sys/devices/pci0000:00/0000:00:06.0/boot_vga");
  std::string ranges;
  while (ranges.size() < (2U << 20U)) ranges += "00000000-00000000 : Reserved\n";
  put("proc/iomem", ranges + "0-0 : 0000:00:06.0\n  0-0 : efifb\n");
  EXPECT_EQ(hint("vfio-pci", other),
            "\"vfio-pci\" removes the boot framebuffer \"efifb\" itself since Linux 6.0");
}

TEST_F(BootDisplayTest, WhatAnOlderKernelWantsForVfio) {
  const std::string itself = "\"vfio-pci\" removes the boot framebuffer itself since Linux 6.0";
  EXPECT_EQ(hint("vfio-pci", plain),
            itself + "; an older kernel wants initcall_blacklist=sysfb_init");
  EXPECT_EQ(hint("vfio-pci", stub),
            itself +
                "; an older kernel wants "
                "initcall_blacklist=__initstub__kmod_sysfb__2_7_sysfb_init6 (a name that "
                "changes with each build of the kernel)");
  EXPECT_EQ(hint("vfio-pci", other), itself);
}

}  // namespace
}  // namespace driver_override
