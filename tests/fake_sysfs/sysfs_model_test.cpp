// SPDX-License-Identifier: LGPL-2.1-or-later
// What devices and drivers do in the fake sysfs: one test for each sentence of the kernel's
// behaviour. Files, faults and the log are in sysfs_files_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "tests/fake_sysfs/machine.hpp"

namespace {

using fake_sysfs::bound;
using fake_sysfs::bridge;
using fake_sysfs::child;
using fake_sysfs::Machine;
using fake_sysfs::OpenReply;
using fake_sysfs::unbound;
using std::chrono::milliseconds;
using Lines = std::vector<std::string>;

// The attribute driver_override.

TEST(Override, UnsetReadsAsNull) {
  EXPECT_EQ(Machine().read(bound + "/driver_override"), "(null)\n");
}

TEST(Override, UnsetReadsAsEmptyLineWhereTheBusDoesSo) {
  EXPECT_EQ(Machine().read("/devices/spi/spi0.0/driver_override"), "\n");
}

TEST(Override, IsAbsentWhereTheBusHasNone) {
  EXPECT_FALSE(Machine().exists("/devices/usb/1-1/driver_override"));
}

TEST(Override, IsCutAtTheFirstNulThenAtTheFirstNewline) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(bound, std::string_view("one \ntwo\0three\n", 15)), "ok");
  EXPECT_EQ(machine.read(bound + "/driver_override"), "one \n");
  EXPECT_EQ(machine.override_driver(bound, std::string_view("one\0two\n", 8)), "ok");
  EXPECT_EQ(machine.read(bound + "/driver_override"), "one\n");
}

TEST(Override, AnEmptyResultClears) {
  for (const std::string_view empty : {std::string_view("\n"), std::string_view("\0x", 2)}) {
    Machine machine;
    EXPECT_EQ(machine.override_driver(bound, "pci-stub"), "ok");
    EXPECT_EQ(machine.override_driver(bound, empty), "ok");
    EXPECT_EQ(machine.read(bound + "/driver_override"), "(null)\n");
  }
}

TEST(Override, IsRefusedWhereItFillsAPage) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(bound, std::string(4095, 'x')), "EINVAL");
  EXPECT_EQ(machine.override_driver(bound, std::string(4094, 'x')), "ok");
}

TEST(Override, NeitherUnbindsNorProbes) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(bound, "vfio-pci"), "ok");
  EXPECT_EQ(machine.driver(bound), "e1000");
  EXPECT_EQ(machine.override_driver(unbound, "vfio-pci"), "ok");
  EXPECT_EQ(machine.driver(unbound), "ENOENT");
}

// drivers_probe

TEST(Probe, AnUnknownDeviceIsAnError) {
  EXPECT_EQ(Machine().probe("0000:00:99.0"), "ENODEV");
}

TEST(Probe, OneNewlineAtTheEndDoesNotCount) {
  EXPECT_EQ(Machine().probe("0000:00:11.0\n"), "ok");
  EXPECT_EQ(Machine().probe("0000:00:11.0\n\n"), "ENODEV");
}

TEST(Probe, SucceedsWhereNothingWasBound) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(unbound, "no-such-driver"), "ok");
  EXPECT_EQ(machine.probe("0000:00:11.0"), "ok");
  EXPECT_EQ(machine.driver(unbound), "ENOENT");
}

TEST(Probe, SucceedsWhereTheProbeFails) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(unbound, "failing"), "ok");
  EXPECT_EQ(machine.probe("0000:00:11.0"), "ok");
  EXPECT_EQ(machine.driver(unbound), "ENOENT");
}

TEST(Probe, LeavesABoundDeviceAlone) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(bound, "vfio-pci"), "ok");
  EXPECT_EQ(machine.probe("0000:00:10.0"), "ok");
  EXPECT_EQ(machine.driver(bound), "e1000");
}

TEST(Probe, UnsetMatchesTheNativeDriver) {
  Machine machine;
  EXPECT_EQ(machine.probe("0000:00:11.0"), "ok");
  EXPECT_EQ(machine.driver(unbound), "e1000");
}

TEST(Probe, SetMatchesOnlyTheDriverOfExactlyThatName) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(unbound, "vfio_pci"), "ok");
  EXPECT_EQ(machine.probe("0000:00:11.0"), "ok");
  EXPECT_EQ(machine.driver(unbound), "ENOENT");
  EXPECT_EQ(machine.override_driver(unbound, "vfio-pci"), "ok");
  EXPECT_EQ(machine.probe("0000:00:11.0"), "ok");
  EXPECT_EQ(machine.driver(unbound), "vfio-pci");
}

TEST(Probe, TriesTheNextNativeDriverWhereTheFirstFails) {
  Machine machine("device pci 0000:00:12.0 native=failing,vfio-pci\n");
  EXPECT_EQ(machine.probe("0000:00:12.0"), "ok");
  EXPECT_EQ(machine.driver("/devices/pci0000:00/0000:00:12.0"), "vfio-pci");
}

TEST(Probe, ALateLinkComesWhenItsTimeHasPassed) {
  Machine machine;
  const fake_sysfs::TimePoint start{};
  machine.model().advance(start);
  EXPECT_EQ(machine.override_driver(unbound, "late"), "ok");
  EXPECT_EQ(machine.probe("0000:00:11.0"), "ok");
  machine.model().advance(start + milliseconds(299));
  EXPECT_EQ(machine.driver(unbound), "ENOENT");
  EXPECT_EQ(machine.model().next_due(), start + milliseconds(300));
  machine.model().advance(start + milliseconds(300));
  EXPECT_EQ(machine.driver(unbound), "late");
  EXPECT_EQ(machine.model().next_due(), std::nullopt);
}

TEST(Probe, ALateLinkDoesNotComeWhereTheOverrideHasChanged) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(unbound, "late"), "ok");
  EXPECT_EQ(machine.probe("0000:00:11.0"), "ok");
  EXPECT_EQ(machine.override_driver(unbound, "vfio-pci"), "ok");
  machine.model().advance(fake_sysfs::TimePoint{} + milliseconds(300));
  EXPECT_EQ(machine.driver(unbound), "ENOENT");
}

// bind and unbind

TEST(Bind, WhereItDoesNotMatch) {
  Machine machine;
  EXPECT_EQ(machine.bind("vfio-pci", "0000:00:11.0"), "ENODEV");
  EXPECT_EQ(machine.bind("vfio-pci", "0000:00:99.0"), "ENODEV");
  EXPECT_EQ(machine.bind("vfio-pci", "0000:00:10.0"), "ENODEV") << "bound, but it does not match";
}

TEST(Bind, WhereTheDeviceIsBound) {
  Machine machine;
  EXPECT_EQ(machine.bind("e1000", "0000:00:10.0"), "EBUSY");
  EXPECT_EQ(machine.override_driver(bound, "vfio-pci"), "ok");
  EXPECT_EQ(machine.bind("vfio-pci", "0000:00:10.0"), "EBUSY");
}

TEST(Bind, FailsAsTheProbeDoes) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(unbound, "failing"), "ok");
  EXPECT_EQ(machine.bind("failing", "0000:00:11.0"), "EINVAL");
  EXPECT_EQ(machine.driver(unbound), "ENOENT");
}

TEST(Bind, ADeferredProbeIsTryAgain) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(unbound, "deferring"), "ok");
  EXPECT_EQ(machine.bind("deferring", "0000:00:11.0"), "EAGAIN");
}

TEST(Bind, Binds) {
  Machine machine;
  EXPECT_EQ(machine.bind("e1000", "0000:00:11.0\n"), "ok");
  EXPECT_EQ(machine.driver(unbound), "e1000");
}

TEST(Unbind, WhereTheDeviceIsNotThatDrivers) {
  Machine machine;
  EXPECT_EQ(machine.unbind("vfio-pci", "0000:00:10.0"), "ENODEV");
  EXPECT_EQ(machine.unbind("e1000", "0000:00:11.0"), "ENODEV");
  EXPECT_EQ(machine.unbind("e1000", "0000:00:99.0"), "ENODEV");
}

TEST(Unbind, TakesTheLinksAwayAndProbesNothing) {
  Machine machine;
  EXPECT_TRUE(machine.exists("/bus/pci/drivers/e1000/0000:00:10.0"));
  EXPECT_EQ(machine.unbind("e1000", "0000:00:10.0"), "ok");
  EXPECT_EQ(machine.driver(bound), "ENOENT");
  EXPECT_FALSE(machine.exists("/bus/pci/drivers/e1000/0000:00:10.0"));
}

TEST(Unbind, IsAbsentWhereTheDriverSuppressesIt) {
  Machine machine;
  EXPECT_FALSE(machine.exists("/bus/platform/drivers/fixed/bind"));
  EXPECT_FALSE(machine.exists("/bus/platform/drivers/fixed/unbind"));
  EXPECT_TRUE(machine.exists("/bus/platform/drivers/fixed/Fixed MDIO bus.0"));
}

// What hangs

TEST(Hang, ADeviceInAStuckProbeHasItsLinkButNoAnswerFromItsOverride) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(unbound, "stuck"), "ok");
  EXPECT_EQ(machine.probe("0000:00:11.0"), "HANG");
  EXPECT_EQ(machine.driver(unbound), "stuck");
  EXPECT_EQ(machine.read(unbound + "/driver_override"), "HANG");
  EXPECT_EQ(machine.read(unbound + "/uevent"), "HANG");
  EXPECT_EQ(machine.override_driver(unbound, "\n"), "HANG");
  EXPECT_EQ(machine.unbind("stuck", "0000:00:11.0"), "HANG");
  EXPECT_EQ(machine.bind("stuck", "0000:00:11.0"), "HANG");
}

TEST(Hang, HangsCanBeEnded) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(unbound, "stuck"), "ok");
  EXPECT_EQ(machine.probe("0000:00:11.0"), "HANG");
  EXPECT_EQ(machine.control("end-hangs"), "ok");
  EXPECT_EQ(machine.read(unbound + "/driver_override"), "stuck\n");
  EXPECT_EQ(machine.driver(unbound), "stuck");
  EXPECT_EQ(machine.unbind("stuck", "0000:00:11.0"), "ok");
  EXPECT_EQ(machine.probe("0000:00:11.0"), "ok");
}

TEST(Hang, TheRestAnswersMeanwhile) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(unbound, "stuck"), "ok");
  EXPECT_EQ(machine.probe("0000:00:11.0"), "HANG");
  EXPECT_EQ(machine.read(unbound + "/class"), "0x020000\n");
  EXPECT_EQ(machine.link("/bus/pci/devices/0000:00:11.0"), "../../.." + unbound);
  EXPECT_EQ(machine.unbind("e1000", "0000:00:10.0"), "ok");
  EXPECT_EQ(machine.control("load pci-stub\n"), "ok");
}

TEST(Hang, ADeviceInAStuckRemoveHasNoLink) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(unbound, "clingy"), "ok");
  EXPECT_EQ(machine.probe("0000:00:11.0"), "ok");
  EXPECT_EQ(machine.unbind("clingy", "0000:00:11.0"), "HANG");
  EXPECT_EQ(machine.driver(unbound), "ENOENT");
  EXPECT_EQ(machine.read(unbound + "/driver_override"), "HANG");
}

TEST(Hang, ALoadThatHangsKeepsTheNextOneWaiting) {
  Machine machine("module bad registers pci bad probe-hang native=0000:00:11.0\n");
  EXPECT_EQ(machine.control("load bad\n"), "HANG");
  EXPECT_EQ(machine.read("/module/bad/initstate"), "coming\n");
  EXPECT_EQ(machine.control("load bad\n"), "HANG");
  EXPECT_EQ(machine.control("load pci-stub\n"), "ok");
}

TEST(Tree, ThatWasKeptUpIsTheSameAsANewOne) {
  Machine machine;
  const auto expect_same = [&] {
    for (const auto& [path, node] : build_tree(machine.model().core())) {
      const fake_sysfs::Node* kept = machine.model().find(path);
      ASSERT_NE(kept, nullptr) << path;
      EXPECT_EQ(kept->text, node.text) << path;
      EXPECT_EQ(kept->inode, node.inode) << path;
      EXPECT_TRUE(std::is_permutation(kept->children.begin(), kept->children.end(),
                                      node.children.begin(), node.children.end()))
          << path;
    }
  };
  for (const std::string driver : {"vfio-pci", "e1000", "stuck"}) {
    EXPECT_EQ(machine.override_driver(unbound, driver), "ok");
    machine.probe("0000:00:11.0");
    expect_same();
    machine.unbind(driver, "0000:00:11.0");
    expect_same();
  }
}

// Modules

TEST(Load, AttachesTheDriverToEveryUnboundDeviceThatItMatches) {
  Machine machine;
  EXPECT_EQ(machine.override_driver(bound, "pci-stub"), "ok");
  EXPECT_EQ(machine.override_driver(unbound, "pci-stub"), "ok");
  EXPECT_EQ(machine.control("load pci-stub\n"), "ok");
  EXPECT_EQ(machine.driver(bound), "e1000");
  EXPECT_EQ(machine.driver(unbound), "pci-stub");
  EXPECT_EQ(machine.driver(child), "ENOENT");
}

TEST(Load, AttachesToDevicesThatTheDriverKnows) {
  Machine machine("module igb registers pci igb native=0000:01:00.0,0000:00:10.0\n");
  EXPECT_EQ(machine.control("load igb\n"), "ok");
  EXPECT_EQ(machine.driver(child), "igb");
  EXPECT_EQ(machine.driver(bound), "e1000");
}

TEST(Load, AttachesNothingWhereAutoprobeIsOff) {
  Machine machine;
  EXPECT_EQ(machine.write("/bus/pci/drivers_autoprobe", "0\n"), "ok");
  EXPECT_EQ(machine.read("/bus/pci/drivers_autoprobe"), "0\n");
  EXPECT_EQ(machine.override_driver(unbound, "pci-stub"), "ok");
  EXPECT_EQ(machine.control("load pci-stub\n"), "ok");
  EXPECT_EQ(machine.driver(unbound), "ENOENT");
}

TEST(Load, AnUnknownModuleIsAnError) {
  Machine machine;
  EXPECT_EQ(machine.control("load nothing\n"), "ENOENT");
  EXPECT_EQ(machine.log, Lines{"load nothing = ENOENT"});
}

TEST(Load, OnceIsEnoughAndADashIsAnUnderscore) {
  Machine machine;
  EXPECT_FALSE(machine.exists("/bus/pci/drivers/pci-stub"));
  EXPECT_EQ(machine.control("load pci_stub\n"), "ok");
  EXPECT_EQ(machine.control("load pci-stub\n"), "ok");
  EXPECT_EQ(machine.link("/bus/pci/drivers/pci-stub/module"), "../../../../module/pci_stub");
  EXPECT_EQ(machine.read("/module/pci_stub/initstate"), "live\n");
}

// Devices that come and go

TEST(Rescan, BringsARemovedDeviceBackAsANewOne) {
  Machine machine;
  const std::uint64_t inode = machine.inode(bound);
  EXPECT_EQ(machine.override_driver(bound, "vfio-pci"), "ok");
  EXPECT_EQ(machine.write(bound + "/remove", "1\n"), "ok");
  EXPECT_FALSE(machine.exists(bound));
  EXPECT_FALSE(machine.exists("/bus/pci/devices/0000:00:10.0"));
  EXPECT_EQ(machine.write("/bus/pci/rescan", "1"), "ok");
  EXPECT_NE(machine.inode(bound), inode);
  EXPECT_EQ(machine.read(bound + "/driver_override"), "(null)\n");
  EXPECT_EQ(machine.driver(bound), "e1000");
}

TEST(Rescan, BringsChildrenBackWithTheirBridge) {
  Machine machine;
  EXPECT_EQ(machine.write(bridge + "/remove", "1"), "ok");
  EXPECT_FALSE(machine.exists(child));
  EXPECT_EQ(machine.write("/bus/pci/rescan", "1"), "ok");
  EXPECT_EQ(machine.driver(child), "e1000");
}

TEST(Rescan, TakesANumber) {
  Machine machine;
  EXPECT_EQ(machine.write(bound + "/remove", "yes"), "EINVAL");
  EXPECT_EQ(machine.write(bound + "/remove", "0"), "ok");
  EXPECT_TRUE(machine.exists(bound));
}

TEST(Control, AddsADeviceThatTheBusProbes) {
  Machine machine;
  EXPECT_EQ(machine.control("add device pci 0000:02:00.0 native=e1000\n"), "ok");
  EXPECT_EQ(machine.driver("/devices/pci0000:02/0000:02:00.0"), "e1000");
  EXPECT_EQ(machine.control("add pci 0000:02:00.0\n"), "EEXIST");
  EXPECT_EQ(machine.control("add pci\n"), "EINVAL");
}

TEST(Control, WhatItRemovesIsNotFoundByARescan) {
  Machine machine;
  EXPECT_EQ(machine.control("remove pci 0000:00:10.0\n"), "ok");
  EXPECT_EQ(machine.control("remove pci 0000:00:10.0\n"), "ENODEV");
  EXPECT_EQ(machine.write("/bus/pci/rescan", "1"), "ok");
  EXPECT_FALSE(machine.exists(bound));
}

TEST(Control, AnOpenFileStaysThatOfTheOldDevice) {
  Machine machine;
  const OpenReply opened =
      machine.model().open(bound + "/driver_override", fake_sysfs::Access::read);
  EXPECT_EQ(machine.control("remove pci 0000:00:10.0\n"), "ok");
  EXPECT_EQ(machine.control("add pci 0000:00:10.0\n"), "ok");
  EXPECT_EQ(machine.model().read(opened.file).outcome.error, ENODEV);
}

}  // namespace
