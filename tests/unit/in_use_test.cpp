// SPDX-License-Identifier: LGPL-2.1-or-later
// What uses a device of a machine of a few files. Mounts, swap and routes are tested on the
// described machines in tests/trees.
#include "tool/machine/in_use.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>

#include "tests/unit/device_root.hpp"

namespace driver_override {
namespace {

using namespace std::string_literals;
using Texts = std::vector<std::string>;

class InUseTest : public DeviceRoot {
 protected:
  static constexpr const char* card = "pci0000:00/0000:00:01.0";

  InUseTest() { device("pci", card); }

  /// A device of a class, `folder` in /sys/devices.
  void class_device(const std::string& group, const std::string& folder) {
    this->folder("sys/devices/" + folder);
    const std::string name = folder.substr(folder.rfind('/') + 1);
    link("sys/class/" + group + "/" + name, "../../devices/" + folder);
  }
  void process(const std::string& number, const std::string& name, const Texts& open) {
    put("proc/" + number + "/comm", name + "\n");
    for (std::size_t at = 0; at < open.size(); ++at)
      link("proc/" + number + "/fd/" + std::to_string(at), open[at]);
  }
  Texts uses(const std::string& name = "0000:00:01.0") {
    const Root root = this->root();
    return InUse(root).uses(root, {"pci", name});
  }
  /// What a dry run is told.
  Texts uses_by_reading() {
    const Root root = this->root();
    return InUse(root, DiskCheck::by_reading).uses(root, {"pci", "0000:00:01.0"});
  }
};

TEST_F(InUseTest, NothingUsesAnUnknownOrIdleDevice) {
  EXPECT_EQ(uses(), Texts{});
  EXPECT_EQ(uses("0000:00:02.0"), Texts{});
}

TEST_F(InUseTest, AnOpenNodeOfACard) {
  class_device("drm", std::string(card) + "/drm/card0");
  class_device("drm", std::string(card) + "/drm/renderD128");
  process("812", "Xorg", {"/dev/null", "/dev/dri/card0", "/dev/dri/card0", "socket:[1]"});
  process("9", "sh", {"/dev/pts/0", "/dev/dri/card1", "/dev/dri/card0 (deleted)"});
  EXPECT_EQ(uses(), Texts{"/dev/dri/card0 is open in Xorg (pid 812)"});
}

TEST_F(InUseTest, ManyProcesses) {
  class_device("drm", std::string(card) + "/drm/renderD128");
  for (const char* number : {"1000", "20", "3", "400", "50"})
    process(number, "p", {"/dev/dri/renderD128"});
  EXPECT_EQ(uses(),
            Texts{"/dev/dri/renderD128 is open in p (pid 1000), p (pid 20), p (pid 3) and 2 more"});
}

TEST_F(InUseTest, AnOpenUioNode) {
  class_device("uio", std::string(card) + "/uio/uio3");
  process("7", "dpdk\x1b[1m", {"/dev/uio3"});
  EXPECT_EQ(uses(), Texts{"/dev/uio3 is open in dpdk%1B[1m (pid 7)"});
}

TEST_F(InUseTest, AnOpenGroupIsThatOfVfioDevicesOnly) {
  class_device("vfio", "virtual/vfio/19");
  device("pci", "pci0000:00/0000:00:01.1");
  group(card, "19");
  group("pci0000:00/0000:00:01.1", "19");
  bind(card, "vfio-pci");
  bind("pci0000:00/0000:00:01.1", "pcieport");
  process("5", "qemu-system-x86", {"/dev/vfio/vfio", "/dev/vfio/19"});
  EXPECT_EQ(uses(), Texts{"/dev/vfio/19 is open in qemu-system-x86 (pid 5)"});
  EXPECT_EQ(uses("0000:00:01.1"), Texts{});
}

TEST_F(InUseTest, AGroupWithoutAnIommuAndADeviceOfIommufd) {
  class_device("vfio", "virtual/vfio/noiommu-0");
  group(card, "0");
  bind(card, "vfio-pci");
  class_device("vfio-dev", std::string(card) + "/vfio-dev/vfio2");
  process("5", "app", {"/dev/vfio/noiommu-0", "/dev/vfio/devices/vfio2"});
  EXPECT_EQ(uses(), (Texts{"/dev/vfio/devices/vfio2 is open in app (pid 5)",
                           "/dev/vfio/noiommu-0 is open in app (pid 5)"}));
}

TEST_F(InUseTest, ProcessesThatCannotBeReadArePassedOver) {
  class_device("uio", std::string(card) + "/uio/uio0");
  put("proc/1/fd", "no folder");
  put("proc/2/fd/0", "no link");
  folder("proc/self/fd");
  link("proc/4/fd/0", "/dev/uio0");
  EXPECT_EQ(uses(), Texts{"/dev/uio0 is open in a process (pid 4)"});
}

class InterfaceTest : public InUseTest {
 protected:
  static constexpr const char* interface = "pci0000:00/0000:00:01.0/net/eth0";
  static constexpr const char* heading = "Iface\tDestination\tGateway\tFlags\n";

  InterfaceTest() { class_device("net", interface); }

  void bridge(const std::string& name) { class_device("net", "virtual/net/" + name); }

  /// A line of /proc/net/ipv6_route without its newline.
  static std::string route(const std::string& destination, const std::string& length,
                           const std::string& flags, const std::string& name) {
    const std::string zeros(32, '0');
    return destination + std::string(32 - destination.size(), '0') + " " + length + " " + zeros +
           " 00 " + zeros + " 00000400 00000001 00000000 " + flags + " " + name;
  }
  Texts uses_with_ipv6(const std::string& line) {
    put("proc/net/ipv6_route", line + "\n");
    return uses();
  }
};

TEST_F(InterfaceTest, ARouteInATableAboveAMegabyte) {
  std::string table = heading;
  while (table.size() < (2U << 20U)) table += "wan0\t0002A8C0\t00000000\t0001\t0\t0\t0\n";
  put("proc/net/route", table + "eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\n");
  EXPECT_EQ(uses(), Texts{"a network route through eth0"});
}

TEST_F(InterfaceTest, ATableThatCannotBeReadMayNameIt) {
  folder("proc/net/route");
  EXPECT_EQ(uses(), Texts{"/proc/net/route cannot be read: Is a directory"});
  folder("proc/net/ipv6_route");
  EXPECT_EQ(uses(), (Texts{"/proc/net/route cannot be read: Is a directory",
                           "/proc/net/ipv6_route cannot be read: Is a directory"}));
}

TEST_F(InterfaceTest, ATableOfDisksDoesNotNameIt) {
  folder("proc/self/mountinfo");
  folder("proc/swaps");
  EXPECT_EQ(uses(), Texts{});
}

TEST_F(InterfaceTest, ADeviceWithoutInterfaceIsInNoRoute) {
  device("pci", "pci0000:00/0000:00:02.0");
  folder("proc/net/route");
  EXPECT_EQ(uses("0000:00:02.0"), Texts{});
}

TEST_F(InterfaceTest, InterfacesThatCannotBeListedMayBeAnywhere) {
  std::filesystem::remove_all(base_ / "sys/class/net");
  put("sys/class/net", "no folder");
  EXPECT_EQ(uses(), Texts{"/sys/class/net cannot be read: Not a directory"});
}

TEST_F(InterfaceTest, EveryRouteOfIpv6Counts) {
  const Texts used = {"a network route through eth0"};
  EXPECT_EQ(uses_with_ipv6(route("20010db80001", "40", "00000001", "    eth0")), used);
  EXPECT_EQ(uses_with_ipv6(route("fd00", "08", "00000001", "eth0")), used);
  EXPECT_EQ(uses_with_ipv6(route("fec0", "0a", "00000001", "eth0")), used);
  EXPECT_EQ(uses_with_ipv6(route("20010db800010000000000000000000a", "80", "80200001", "eth0")),
            used);
  EXPECT_EQ(uses_with_ipv6(route("", "00", "00450003", "eth0")), used);
}

TEST_F(InterfaceTest, ButNotWhatIsNoUse) {
  EXPECT_EQ(uses_with_ipv6(route("fe80", "40", "00000001", "eth0")), Texts{}) << "link-local";
  EXPECT_EQ(uses_with_ipv6(route("febfffff", "80", "80200001", "eth0")), Texts{}) << "link-local";
  EXPECT_EQ(uses_with_ipv6(route("ff00", "08", "00000001", "eth0")), Texts{}) << "multicast";
  EXPECT_EQ(uses_with_ipv6(route("20010db8", "20", "00000200", "eth0")), Texts{}) << "rejected";
  EXPECT_EQ(uses_with_ipv6(route("20010db8", "20", "00000001", "")), Texts{}) << "no interface";
}

TEST_F(InterfaceTest, APortOfASwitch) {
  bridge("ovs-system");
  link(std::string("sys/devices/") + interface + "/master", "/sys/class/net/ovs-system");
  link(std::string("sys/devices/") + interface + "/upper_ovs-system", "/sys/class/net/ovs-system");
  EXPECT_EQ(uses(), Texts{"eth0 is a port of ovs-system"});
}

TEST_F(InterfaceTest, WhatIsBuiltUponIt) {
  for (const char* name : {"eth0.5", "macvtap0"})
    link(std::string("sys/devices/") + interface + "/upper_" + name,
         std::string("/sys/class/net/") + name);
  EXPECT_EQ(uses(), (Texts{"eth0 carries eth0.5", "eth0 carries macvtap0"}));
}

TEST_F(InterfaceTest, APortOfABridgeWithARouteIsNotToldTwice) {
  bridge("br0");
  link("sys/devices/virtual/net/br0/lower_eth0", std::string("/sys/devices/") + interface);
  link(std::string("sys/devices/") + interface + "/master", "/sys/class/net/br0");
  link(std::string("sys/devices/") + interface + "/upper_br0", "/sys/class/net/br0");
  put("proc/net/route", std::string(heading) + "br0\t00000000\t0102A8C0\t0003\n");
  EXPECT_EQ(uses(), Texts{"a network route through br0"});
}

class DiskTest : public InUseTest {
 protected:
  static constexpr const char* disk = "pci0000:00/0000:00:01.0/ata1/block/sda";

  DiskTest() {
    class_device("block", disk);
    for (const char* partition : {"sda1", "sda2"})
      class_device("block", std::string(disk) + "/" + partition);
  }
  void hold(const std::string& part, const std::string& holder) {
    folder("sys/devices/" + part + "/holders/" + holder);
  }
  /// Makes /dev/sda the node of a block device; false if that is not permitted.
  bool make_node(const std::string& number) {
    const std::size_t colon = number.find(':');
    if (colon == std::string::npos) return false;
    folder("dev");
    std::filesystem::remove(base_ / "dev/sda");
    const dev_t device = makedev(static_cast<unsigned>(std::stoul(number)),
                                 static_cast<unsigned>(std::stoul(number.substr(colon + 1))));
    return ::mknod((base_ / "dev/sda").c_str(), S_IFBLK | 0600, device) == 0;
  }
};

TEST_F(DiskTest, WhatIsBuiltUponItsPartitions) {
  hold(std::string(disk) + "/sda1", "md127");
  hold(std::string(disk) + "/sda2", "dm-3");
  class_device("block", "virtual/block/dm-3");
  put("sys/devices/virtual/block/dm-3/dm/name", "vg-home\n");
  EXPECT_EQ(uses(), (Texts{"/dev/sda2 is part of dm-3 (vg-home)", "/dev/sda1 is part of md127"}));
}

TEST_F(DiskTest, AMountedStackIsNotToldTwice) {
  hold(std::string(disk) + "/sda2", "dm-3");
  class_device("block", "virtual/block/dm-3");
  link("sys/devices/virtual/block/dm-3/slaves/sda2", std::string("/sys/devices/") + disk + "/sda2");
  link("sys/dev/block/253:3", "../../devices/virtual/block/dm-3");
  put("proc/self/mountinfo", "1 0 253:3 / /home rw - ext4 /dev/mapper/vg-home rw\n");
  EXPECT_EQ(uses(), Texts{"the file system on /home"});
}

TEST_F(DiskTest, AProcessThatHasItOpen) {
  process("77", "qemu", {"/dev/sda"});
  EXPECT_EQ(uses(), Texts{"/dev/sda is open in qemu (pid 77)"});
}

TEST_F(DiskTest, ANamespaceBelowItsSubsystem) {
  const std::string subsystem = "virtual/nvme-subsystem/nvme-subsys0";
  folder(std::string("sys/devices/") + card + "/nvme/nvme0");
  class_device("block", subsystem + "/nvme0n1");
  class_device("block", subsystem + "/nvme0n1/nvme0n1p1");
  link("sys/devices/" + subsystem + "/nvme0", std::string("/sys/devices/") + card + "/nvme/nvme0");
  hold(subsystem + "/nvme0n1/nvme0n1p1", "md0");
  EXPECT_EQ(uses(), Texts{"/dev/nvme0n1p1 is part of md0"});
  put("proc/swaps", "Filename Type\n/dev/nvme0n1p1 partition\n");
  EXPECT_EQ(uses(), Texts{"the swap on /dev/nvme0n1p1"});
}

TEST_F(DiskTest, AnotherDiskOfAMountedBtrfs) {
  link("sys/fs/btrfs/0b1f7d1e-3a52-4f0e-9c3c-54b6a1a0f6de/devices/sda1",
       std::string("/sys/devices/") + disk + "/sda1");
  folder("sys/fs/btrfs/features");
  EXPECT_EQ(uses(), Texts{"/dev/sda1 is part of a mounted btrfs"});
  EXPECT_EQ(uses_by_reading(), Texts{"/dev/sda1 is part of a mounted btrfs"});
  put("proc/self/mountinfo", "1 0 0:34 / /srv rw - btrfs /dev/sda1 rw\n");
  EXPECT_EQ(uses(), Texts{"the file system on /srv"});
}

TEST_F(DiskTest, ABtrfsOnWhatIsBuiltUponIt) {
  class_device("block", "virtual/block/dm-0");
  link("sys/devices/virtual/block/dm-0/slaves/sda2", std::string("/sys/devices/") + disk + "/sda2");
  link("sys/fs/btrfs/1/devices/dm-0", "/sys/devices/virtual/block/dm-0");
  EXPECT_EQ(uses(), Texts{"/dev/dm-0 is part of a mounted btrfs"});
}

TEST_F(DiskTest, APoolOfZfsAsUdevKnowsIt) {
  put(std::string("sys/devices/") + disk + "/sda1/dev", "8:1\n");
  put("run/udev/data/b8:1", "S:disk/by-id/x\nE:ID_FS_LABEL=tank\nE:ID_FS_TYPE=zfs_member\nG:x\n");
  EXPECT_EQ(uses_by_reading(), Texts{"/dev/sda1 holds a part of a ZFS pool"});
  EXPECT_EQ(uses(), Texts{}) << "the pool is exported: nothing has claimed the disk";
  put("run/udev/data/b8:1", "E:ID_FS_TYPE=zfs_member2\nE:X_ID_FS_TYPE=zfs_member\n");
  EXPECT_EQ(uses_by_reading(), Texts{});
}

TEST_F(DiskTest, ANodeThatIsNoBlockDeviceIsNotAsked) {
  put(std::string("sys/devices/") + disk + "/dev", "8:0\n");
  put("dev/sda", "a file");
  EXPECT_EQ(uses(), Texts{});
  std::filesystem::remove(base_ / "dev/sda");
  ASSERT_EQ(::mkfifo((base_ / "dev/sda").c_str(), 0600), 0);
  EXPECT_EQ(uses(), Texts{});
}

TEST_F(DiskTest, AClaimedBlockDevice) {
  const Root system("/");
  std::error_code error;
  for (const std::string& name : system.list("sys/class/block", error)) {
    std::string number = system.read("sys/class/block/" + name + "/dev", error);
    number.resize(std::min(number.find('\n'), number.size()));
    if (!make_node(number)) continue;
    // From here on this test has claimed it, if nobody else has.
    const Descriptor claim = root().open("dev/sda", O_RDONLY | O_EXCL, error);
    if (error && error != std::errc::device_or_resource_busy) continue;
    EXPECT_EQ(uses(), Texts{}) << "the node is not the one that sysfs means";
    put(std::string("sys/devices/") + disk + "/dev", number + "\n");
    EXPECT_EQ(uses(), Texts{"/dev/sda is open for exclusive use"});
    EXPECT_EQ(uses_by_reading(), Texts{}) << "a dry run has opened the disk";
    return;
  }
  GTEST_SKIP() << "no node of a block device can be made and opened here";
}

TEST_F(DiskTest, ATableThatCannotBeReadMayNameIt) {
  folder("proc/swaps");
  EXPECT_EQ(uses(), Texts{"/proc/swaps cannot be read: Is a directory"});
  folder("proc/self/mountinfo");
  EXPECT_EQ(uses(), (Texts{"/proc/self/mountinfo cannot be read: Is a directory",
                           "/proc/swaps cannot be read: Is a directory"}));
  std::filesystem::remove(base_ / "proc/swaps");
  std::filesystem::remove(base_ / "proc/self/mountinfo");
  folder("proc/net/route");
  EXPECT_EQ(uses(), Texts{});
}

TEST_F(DiskTest, AMountInATableAboveAMegabyte) {
  link("sys/dev/block/8:1", std::string("../../devices/") + disk + "/sda1");
  std::string table;
  while (table.size() < (2U << 20U)) table += "36 1 0:40 / /run/a rw - tmpfs tmpfs rw\n";
  put("proc/self/mountinfo", table + "37 1 8:1 / /srv rw - ext4 /dev/sda1 rw\n");
  EXPECT_EQ(uses(), Texts{"the file system on /srv"});
}

TEST_F(DiskTest, DisksThatCannotBeListedMayBeAnywhere) {
  std::filesystem::remove_all(base_ / "sys/class/block");
  put("sys/class/block", "no folder");
  EXPECT_EQ(uses(), Texts{"/sys/class/block cannot be read: Not a directory"});
}

TEST_F(DiskTest, GarbageInTheTables) {
  for (const char* table : {"proc/self/mountinfo", "proc/swaps", "proc/net/route"})
    put(table, "\0\xff - - \n - a\n1 2 3 4 5 6 -\n/dev/\n\t\n"s);
  EXPECT_EQ(uses(), Texts{});
}

}  // namespace
}  // namespace driver_override
