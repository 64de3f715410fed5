// SPDX-License-Identifier: LGPL-2.1-or-later
// The files of the fake sysfs: its layout, its faults, its log and its description.
// What devices and drivers do is in sysfs_model_test.cpp.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <map>
#include <stdexcept>

#include "tests/fake_sysfs/machine.hpp"

namespace {

using fake_sysfs::bound;
using fake_sysfs::bridge;
using fake_sysfs::child;
using fake_sysfs::Machine;
using fake_sysfs::unbound;
using Lines = std::vector<std::string>;

// Layout

TEST(Layout, DevicesOfABusAreRelativeLinks) {
  Machine machine;
  EXPECT_EQ(machine.link("/bus/pci/devices/0000:01:00.0"), "../../.." + child);
  EXPECT_EQ(machine.link("/bus/usb/devices/1-1"), "../../../devices/usb/1-1");
  EXPECT_EQ(machine.link("/bus/pci/drivers/e1000/0000:00:10.0"), "../../../.." + bound);
  EXPECT_EQ(machine.link(bound + "/driver"), "../../../bus/pci/drivers/e1000");
  EXPECT_EQ(machine.link(bound + "/subsystem"), "../../../bus/pci");
  EXPECT_EQ(machine.link(bound + "/iommu_group"), "../../../kernel/iommu_groups/3");
  EXPECT_FALSE(machine.exists(unbound + "/iommu_group"));
}

TEST(Layout, ADeviceOfAnotherDomainLiesBelowItsHostBridge) {
  Machine machine("device pci 10000:e1:00.0 parent=0000:01:00.0\n");
  EXPECT_TRUE(machine.exists(child + "/pci10000:e1/10000:e1:00.0"));
}

TEST(Layout, APciDeviceHasItsNumbers) {
  Machine machine;
  EXPECT_EQ(machine.read(bound + "/vendor"), "0x8086\n");
  EXPECT_EQ(machine.read(bound + "/subsystem_vendor"), "0x0000\n");
  EXPECT_EQ(machine.read(bound + "/modalias"),
            "pci:v00008086d0000100Esv00000000sd00000000bc02sc00i00\n");
  EXPECT_EQ(machine.read(bound + "/uevent"),
            "DRIVER=e1000\nPCI_CLASS=20000\nPCI_ID=8086:100E\nPCI_SUBSYS_ID=0000:0000\n"
            "PCI_SLOT_NAME=0000:00:10.0\n"
            "MODALIAS=pci:v00008086d0000100Esv00000000sd00000000bc02sc00i00\n");
}

TEST(Layout, LinksOfOtherKindsAreRelativeToo) {
  Machine machine("link /dev/block/8:0 " + bound + "/block/sda\n");
  EXPECT_EQ(machine.link("/dev/block/8:0"), "../.." + bound + "/block/sda");
}

TEST(Layout, EveryNodeHasAnInodeOfItsOwn) {
  Machine machine;
  const fake_sysfs::Tree tree = build_tree(machine.model().core());
  std::map<std::uint64_t, std::string> paths;
  for (const auto& [path, node] : tree) {
    EXPECT_TRUE(paths.emplace(node.inode, path).second) << path << " and " << paths[node.inode];
  }
}

TEST(Layout, FilesAreOpenedByTheirModeEvenByRoot) {
  Machine machine;
  EXPECT_EQ(machine.read("/bus/pci/drivers_probe"), "EACCES");
  EXPECT_EQ(machine.write(bound + "/vendor", "x"), "EACCES");
}

TEST(Layout, NewFilesAreRefused) {
  Machine machine;
  EXPECT_EQ(Machine::name_of(machine.model().create(bound + "/new")), "EACCES");
}

TEST(Layout, ReadonlyRefusesEveryOpenForWritingButTheControlFile) {
  Machine machine("readonly\n");
  EXPECT_EQ(machine.override_driver(bound, "x"), "EROFS");
  EXPECT_EQ(machine.probe("0000:00:10.0"), "EROFS");
  EXPECT_EQ(machine.read(bound + "/driver_override"), "(null)\n");
  EXPECT_EQ(machine.control("load pci-stub\n"), "ok");
}

// Faults

TEST(Fault, StrikesAsOftenAsItSays) {
  Machine machine("fault " + bound.substr(1) + "/driver_override write ENOSPC 2\n");
  EXPECT_EQ(machine.override_driver(bound, "x"), "ENOSPC");
  EXPECT_EQ(machine.override_driver(bound, "x"), "ENOSPC");
  EXPECT_EQ(machine.override_driver(bound, "x"), "ok");
}

TEST(Fault, StrikesOnlyItsOperation) {
  Machine machine(
      "fault *0000:00:10.0/* open EACCES\n"
      "fault *0000:00:11.0/class read EIO\n"
      "fault *0000:00:11.0/subsystem readlink EIO\n"
      "fault /bus/pci/devices list EIO\n");
  EXPECT_EQ(machine.read(bound + "/class"), "EACCES");
  EXPECT_EQ(machine.link(bound + "/driver"), "../../../bus/pci/drivers/e1000");
  EXPECT_EQ(machine.read(unbound + "/class"), "EIO");
  EXPECT_EQ(machine.read(unbound + "/vendor"), "0x0000\n");
  EXPECT_EQ(machine.link(unbound + "/subsystem"), "EIO");
  EXPECT_EQ(machine.model().list("/bus/pci/devices").outcome.error, EIO);
  EXPECT_EQ(machine.model().list("/bus/pci/drivers").outcome.error, 0);
}

TEST(Fault, AnEscapedByteIsNoWildcard) {
  Machine machine("device pci a%2ab\ndevice pci axb\nfault *a%2ab/class read EIO\n");
  EXPECT_EQ(machine.read("/devices/pcia*b/a*b/class"), "EIO");
  EXPECT_EQ(machine.read("/devices/pciaxb/axb/class"), "0x000000\n");
}

TEST(Fault, HangsWithoutTouchingAnything) {
  Machine machine("fault bus/pci/drivers_probe write hang 1\n");
  EXPECT_EQ(machine.probe("0000:00:11.0"), "HANG");
  EXPECT_EQ(machine.driver(unbound), "ENOENT");
  EXPECT_EQ(machine.probe("0000:00:11.0"), "ok");
  EXPECT_EQ(machine.driver(unbound), "e1000");
}

TEST(Fault, AVanishedDeviceIsGoneForAnOpenFileAndForAPath) {
  Machine machine(
      "fault *0000:00:10.0/driver_override write vanish\n"
      "fault *0000:00:11.0/class open vanish\n"
      "fault *0000:01:00.0/subsystem readlink vanish\n"
      "fault *0000:00:01.0 list vanish\n");
  EXPECT_EQ(machine.override_driver(bound, "x"), "ENODEV");
  EXPECT_FALSE(machine.exists(bound));
  EXPECT_EQ(machine.read(unbound + "/class"), "ENOENT");
  EXPECT_EQ(machine.link(child + "/subsystem"), "ENOENT");
  EXPECT_EQ(machine.model().list(bridge).outcome.error, ENOENT);
}

TEST(Fault, TheDeviceThatIsWrittenVanishesWhereTheFileIsABussOrDrivers) {
  Machine machine(
      "fault bus/pci/drivers_probe write vanish\n"
      "fault bus/pci/drivers/e1000/unbind write vanish\n");
  EXPECT_EQ(machine.probe("0000:00:11.0\n"), "ENODEV");
  EXPECT_EQ(machine.unbind("e1000", "0000:00:10.0"), "ENODEV");
  EXPECT_FALSE(machine.exists(bound));
}

// The log

TEST(Log, HasOneLineAnAccessAndWhatChangedBehindIt) {
  Machine machine;
  machine.read(bound + "/class");
  machine.probe("0000:00:11.0\n");
  machine.model().list("/bus/usb/devices");
  machine.unbind("vfio-pci", "0000:00:11.0");
  EXPECT_EQ(machine.log,
            (Lines{"open " + bound + "/class r", "read " + bound + "/class",
                   "open /bus/pci/drivers_probe w", "write /bus/pci/drivers_probe 0000:00:11.0%0A",
                   "bind pci 0000:00:11.0 e1000", "list /bus/usb/devices",
                   "open /bus/pci/drivers/vfio-pci/unbind w",
                   "write /bus/pci/drivers/vfio-pci/unbind 0000:00:11.0 = ENODEV"}));
}

TEST(Log, NamesAndDataAreEscaped) {
  Machine machine;
  machine.link("/bus/platform/devices/Fixed MDIO bus.0");
  machine.override_driver(bound, "100% \xff");
  EXPECT_EQ(machine.log, (Lines{"readlink /bus/platform/devices/Fixed%20MDIO%20bus.0",
                                "open " + bound + "/driver_override w",
                                "write " + bound + "/driver_override 100%25%20%FF"}));
}

TEST(Log, RemovalIsLoggedFromTheLowestDeviceUp) {
  Machine machine;
  machine.probe("0000:01:00.0");
  machine.log.clear();
  machine.control("remove pci 0000:00:01.0\n");
  EXPECT_EQ(machine.log, (Lines{"unbind pci 0000:01:00.0 e1000", "remove pci 0000:01:00.0",
                                "remove pci 0000:00:01.0"}));
}

// The description

TEST(Spec, AWrongStatementIsNamedByItsLine) {
  const auto message = [](std::string_view text) -> std::string {
    try {
      fake_sysfs::parse_spec(text);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message("bus pci\n\nbsu usb\n"), "line 3: unknown statement: bsu");
  EXPECT_EQ(message("bus pci nothing"), "line 1: unknown option of a bus: nothing");
  EXPECT_EQ(message("device pci a%2fb"), "line 1: sysfs cannot hold this name: a%2fb");
  EXPECT_EQ(message("device pci a%2"), "line 1: expected two hex digits after %");
  EXPECT_EQ(message("device pci a ovrride=x"), "line 1: unknown key of a device: ovrride");
  EXPECT_EQ(message("fault x read ENOTHING"), "line 1: unknown error name: ENOTHING");
  EXPECT_EQ(message("fault x stat EIO"), "line 1: unknown operation: stat");
  EXPECT_EQ(message("fault x read EIO 1 2"), "line 1: unexpected word: 2");
  EXPECT_EQ(message("driver pci"), "line 1: too few words for: driver");
}

TEST(Spec, ANameThatDoesNotExistIsRefused) {
  const auto build = [](std::string_view text) { Machine machine(text); };
  EXPECT_THROW(build("driver nubus x\n"), std::invalid_argument);
  EXPECT_THROW(build("module x registers nubus x\n"), std::invalid_argument);
  EXPECT_THROW(build("device pci x driver=nothing\n"), std::invalid_argument);
  EXPECT_THROW(build("device pci x parent=nothing\n"), std::invalid_argument);
  EXPECT_THROW(build("device usb x override=nothing\n"), std::invalid_argument);
  EXPECT_THROW(build("device pci 0000:00:10.0\n"), std::invalid_argument);
}

}  // namespace
