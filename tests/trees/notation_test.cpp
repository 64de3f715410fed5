// SPDX-License-Identifier: LGPL-2.1-or-later
// The notation of a tree: what each word of it plants, and what is refused.
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/trees/machine.hpp"

namespace device_trees {
namespace {

/// What the reader says of a description.
std::string error_output(std::string_view description) {
  try {
    const Machine root(description);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Notation, APciDeviceHasWhatTheKernelGivesIt) {
  const Machine root(
      "bus pci\n"
      "driver pci e1000 module=e1000\n"
      "pci 0000:00:10.0 020000 8086:100e:1af4:1100 rev=03 driver=e1000 iommu_group=3 # a comment\n"
      "pci 0000:00:11.0 030000 1234:1111 override=vfio-pci\n");
  const std::string folder = "sys/devices/pci0000:00/0000:00:10.0/";
  EXPECT_EQ(root.read(folder + "class"), "0x020000\n");
  EXPECT_EQ(root.read(folder + "vendor"), "0x8086\n");
  EXPECT_EQ(root.read(folder + "subsystem_device"), "0x1100\n");
  EXPECT_EQ(root.read(folder + "revision"), "0x03\n");
  EXPECT_EQ(root.read(folder + "driver_override"), "(null)\n");
  EXPECT_EQ(root.link(folder + "driver"), "../../../bus/pci/drivers/e1000");
  EXPECT_EQ(root.link("sys/bus/pci/drivers/e1000/module"), "../../../../module/e1000");
  EXPECT_EQ(root.link("sys/module/e1000/drivers/pci:e1000"), "../../../bus/pci/drivers/e1000");
  EXPECT_FALSE(is_there(root / (folder + "boot_vga")));
  const std::string display = "sys/devices/pci0000:00/0000:00:11.0/";
  EXPECT_EQ(root.read(display + "boot_vga"), "0\n");
  EXPECT_EQ(root.read(display + "revision"), "0x00\n");
  EXPECT_EQ(root.read(display + "subsystem_vendor"), "0x0000\n");
  EXPECT_EQ(root.read(display + "driver_override"), "vfio-pci\n");
}

TEST(Notation, ABuiltInModuleIsNotLoaded) {
  const Machine root("bus pci\ndriver pci ahci built-in=ahci\n");
  EXPECT_EQ(root.link("sys/bus/pci/drivers/ahci/module"), "../../../../module/ahci");
  EXPECT_FALSE(is_there(root / "sys/module/ahci/initstate"));
}

TEST(Notation, ABridgeHasTheNumbersOfWhatIsBelowIt) {
  const std::string description =
      "bus pci\n"
      "pci 0000:00:01.0 060400 1:2\n"
      "pci 0000:01:00.0 060400 1:2 parent=0000:00:01.0\n"
      "pci 0000:02:00.0 060400 1:2 parent=0000:01:00.0 attribute.secondary_bus_number=3 "
      "attribute.subordinate_bus_number=9\n";
  const Machine root(description);
  const std::string port = "sys/devices/pci0000:00/0000:00:01.0/";
  EXPECT_EQ(root.read(port + "secondary_bus_number"), "1\n");
  EXPECT_EQ(root.read(port + "subordinate_bus_number"), "9\n");
  EXPECT_EQ(root.link("sys/class/pci_bus/0000:03"),
            "../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:00.0/pci_bus/0000:03");
  const Machine renumbered(description, true);
  EXPECT_EQ(renumbered.read(port + "secondary_bus_number"), "2\n");
  EXPECT_EQ(renumbered.read(port + "subordinate_bus_number"), "10\n");
  EXPECT_EQ(renumbered.read(port + "0000:02:00.0/0000:03:00.0/secondary_bus_number"), "4\n");
  EXPECT_EQ(error_output("bus pci\npci 0000:00:01.0 060400 1:2\n"),
            "no bus number, and nothing below it: 0000:00:01.0");
}

TEST(Notation, VirtualFunctionsAreLinkedWithTheirPort) {
  const Machine root(
      "bus pci\n"
      "pci 0000:00:01.0 020000 1:2\n"
      "pci 0000:00:10.0 020000 1:3 physfn=0000:00:01.0\n"
      "pci 0000:00:10.4 020000 1:3 physfn=0000:00:01.0\n");
  EXPECT_EQ(root.read("sys/bus/pci/devices/0000:00:01.0/sriov_numvfs"), "2\n");
  EXPECT_EQ(root.link("sys/devices/pci0000:00/0000:00:01.0/virtfn1"), "../0000:00:10.4");
  EXPECT_EQ(root.link("sys/devices/pci0000:00/0000:00:10.4/physfn"), "../0000:00:01.0");
}

TEST(Notation, ADiskHasItsFilesAndLinks) {
  const Machine root(
      "bus pci\n"
      "pci 0000:00:04.0 010802 1:2\n"
      "class nvme pci,0000:00:04.0/nvme/nvme0 model=a%20b\n"
      "class block nvme,nvme0/nvme0n1 dev=259:0\n"
      "class block block,nvme0n1/nvme0n1p1 dev=259:1 partition=1\n");
  const std::string disk = "sys/devices/pci0000:00/0000:00:04.0/nvme/nvme0/nvme0n1";
  EXPECT_EQ(root.link("sys/class/nvme/nvme0"), "../../devices/pci0000:00/0000:00:04.0/nvme/nvme0");
  EXPECT_EQ(root.read("sys/class/nvme/nvme0/model"), "a b\n");
  EXPECT_EQ(root.link("sys/class/nvme/nvme0/device"), "../../../0000:00:04.0");
  EXPECT_EQ(root.link(disk + "/device"), "../../nvme0");
  EXPECT_EQ(root.link(disk + "/subsystem"), "../../../../../../class/block");
  EXPECT_EQ(root.link("sys/dev/block/259:1"), "../../" + disk.substr(4) + "/nvme0n1p1");
  EXPECT_EQ(root.read("sys/class/block/nvme0n1p1/uevent"),
            "DEVNAME=nvme0n1p1\nDEVTYPE=partition\nMAJOR=259\nMINOR=1\nPARTN=1\n");
  EXPECT_TRUE(is_there(root / "sys/block/nvme0n1"));
  EXPECT_FALSE(is_there(root / "sys/block/nvme0n1p1"));
  EXPECT_FALSE(is_there(root / (disk + "/nvme0n1p1/device")));
}

TEST(Notation, AFileHasItsLinesAsTheyStand) {
  const Machine root(
      "file /etc/one a b # c%0ad\n"
      "file /etc/many\n"
      "|   indented\n"
      "| # no comment %41\n"
      "|\n"
      "file /etc/empty\n"
      "link /etc/two /usr/lib\n");
  EXPECT_EQ(root.read("etc/one"), "a b # c\nd\n");
  EXPECT_EQ(root.read("etc/many"), "  indented\n# no comment %41\n\n");
  EXPECT_EQ(root.read("etc/empty"), "");
  EXPECT_EQ(root.link("etc/two"), "../usr/lib");
}

TEST(Notation, ANameIsDecodedAndADeviceLiesWhereItSays) {
  const Machine root(
      "bus platform\nbus spi unset-is-empty\n"
      "device platform a%20b\n"
      "device spi spi0.0 parent=a%20b below=spi_master/spi0 modalias=\n"
      "file platform,a%20b/x y\n");
  EXPECT_EQ(root.read("sys/devices/platform/a b/x"), "y\n");
  EXPECT_EQ(root.link("sys/bus/spi/devices/spi0.0"),
            "../../../devices/platform/a b/spi_master/spi0/spi0.0");
  EXPECT_EQ(root.read("sys/bus/spi/devices/spi0.0/driver_override"), "\n");
  EXPECT_EQ(root.read("sys/bus/spi/devices/spi0.0/uevent"), "");
  EXPECT_FALSE(is_there(root / "sys/bus/spi/devices/spi0.0/modalias"));
}

TEST(Notation, WhatIsWrongIsNamed) {
  EXPECT_EQ(error_output("bus pci\nbsu usb\n"), "line 2: unknown statement: bsu");
  EXPECT_EQ(error_output("\nclass net eth0\n"),
            "line 2: a path starts with / or with BUS,NAME: eth0");
  EXPECT_EQ(error_output("file /etc/../x y\n"), "line 1: not a plain path: /etc/../x");
  EXPECT_EQ(error_output("fault x read EIO\n"), "line 1: plain files cannot do this: fault");
  EXPECT_EQ(error_output("| x\n"), "line 1: no file before this content: | x");
  EXPECT_EQ(error_output("class net /sys/x size\n"), "line 1: expected KEY=VALUE: size");
  EXPECT_EQ(error_output("file /a x\nfile /a y\n"), "this path is there twice: /a");
  EXPECT_EQ(error_output("file pci,x/y z\n"), "no such device: pci,x");
}

TEST(Notation, OnlyAnEmptyFolderIsPlanted) {
  const Machine root("file /etc/x y\n");
  EXPECT_THROW(plant("", root.path()), std::runtime_error);
}

TEST(Notation, NoBusIsGivenTheNumberOfARoot) {
  const std::string description =
      "bus pci\npci 0000:00:01.0 060400 1:2\npci 0000:7f:00.0 020000 1:2 parent=0000:00:01.0\n"
      "pci 0000:80:00.0 060000 1:2\n";
  EXPECT_NO_THROW(const Machine root(description));
  EXPECT_THROW(const Machine root(description, true), std::invalid_argument);
}

TEST(Notation, WhatIsNamedByADeviceMovesWithIt) {
  const Machine root(
      "bus pci\nbus pci_express no-override\n"
      "pci 0000:00:01.0 060400 1:2\n"
      "pci 0000:01:00.0 020000 1:2 parent=0000:00:01.0\n"
      "pci 0000:01:00.4 020000 1:3 parent=0000:00:01.0 physfn=0000:01:00.0\n"
      "device pci_express 0000:01:00.0:pcie004 parent=0000:01:00.0\n"
      "file pci,0000:01:00.0/note 0000:01:00.0\n"
      "link pci,0000:01:00.4/other pci,0000:01:00.0\n"
      "class net pci,0000:01:00.0/net/eth0 ifindex=2\n"
      "file /etc/note 0000:01:00.0\n",
      true);
  const std::string port = "sys/devices/pci0000:00/0000:00:01.0/";
  EXPECT_EQ(root.read(port + "0000:02:00.0/note"), "0000:01:00.0\n");
  EXPECT_EQ(root.link(port + "0000:02:00.4/other"), "../0000:02:00.0");
  EXPECT_EQ(root.link(port + "0000:02:00.4/physfn"), "../0000:02:00.0");
  EXPECT_TRUE(is_there(root / (port + "0000:02:00.0/net/eth0")));
  EXPECT_TRUE(is_there(root / "sys/bus/pci_express/devices/0000:02:00.0:pcie004"));
  EXPECT_EQ(root.read("etc/note"), "0000:01:00.0\n");
}

}  // namespace
}  // namespace device_trees
