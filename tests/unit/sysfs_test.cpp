// SPDX-License-Identifier: LGPL-2.1-or-later
// What is read of /sys for rules: which devices, what is known of each, and what cannot be read.
#include "hook/sysfs.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include "parser/drop_in_line.hpp"
#include "tests/unit/device_root.hpp"

namespace driver_override {
namespace {

using Texts = std::vector<std::string>;

class SysfsTest : public DeviceRoot {
 protected:
  /// A card behind a bridge, with two functions, and a card of its own.
  void machine() {
    device("pci", "pci0000:00/0000:00:01.0");
    device("pci", "pci0000:00/0000:00:01.0/0000:01:00.0");
    device("pci", "pci0000:00/0000:00:01.0/0000:01:00.1");
    device("pci", "pci0000:00/0000:00:10.0");
    device("platform", "platform/pcspkr");
    ids("0000:01:00.0", "0x10de", "0x2204");
    ids("0000:01:00.1", "0x10de", "0x1aef");
    ids("0000:00:10.0", "0x8086", "0x100e");
  }
  void ids(const std::string& name, const std::string& vendor, const std::string& number) {
    put("sys/bus/pci/devices/" + name + "/vendor", vendor + "\n");
    put("sys/bus/pci/devices/" + name + "/device", number + "\n");
    put("sys/bus/pci/devices/" + name + "/class", "0x020000\n");
  }

  Inventory read(const std::string& rules) {
    return read_sysfs_inventory(root(), parse_argument(rules).rules);
  }
  Texts names(const std::string& rules) {
    Texts found;
    for (const Device& device : read(rules).devices) found.push_back(device.id.name);
    return found;
  }
  Device one(const std::string& rule) {
    const Inventory inventory = read(rule);
    EXPECT_EQ(inventory.devices.size(), 1U) << rule;
    return inventory.devices.empty() ? Device({"", ""}) : inventory.devices[0];
  }
};

TEST_F(SysfsTest, ADeviceIsReadIfARuleNamesIt) {
  machine();
  EXPECT_EQ(names("pci,00:10.0=x"), (Texts{"0000:00:10.0"}));
  EXPECT_EQ(names("pci,01:00=x"), (Texts{"0000:01:00.0", "0000:01:00.1"}));
  EXPECT_EQ(names("pci,00:11.0=x"), Texts{});
  EXPECT_EQ(names("platform,pc*=x"), (Texts{"pcspkr"}));
  EXPECT_EQ(names("platform,*.0=x;pci,00:10.0=x"), (Texts{"0000:00:10.0"}));
  EXPECT_EQ(names("pci,pci:10de:1aef=x"), (Texts{"0000:01:00.1"}));
}

TEST_F(SysfsTest, ABadRuleAsksForNoDevice) {
  machine();
  EXPECT_EQ(names("pci,00:10.0=x,shiny"), Texts{});
  EXPECT_EQ(names("pci,*:*:*.*=x,shiny;pci,00:10.0=y"), (Texts{"0000:00:10.0"}));
}

/// Also if a later rule of the bus needs neither.
TEST_F(SysfsTest, WhatOneRuleNeedsIsReadForTheWholeBus) {
  machine();
  EXPECT_EQ(names("pci,00:01.0/00.0=x;pci,00:1?.0=y"), (Texts{"0000:00:10.0", "0000:01:00.0"}));
  EXPECT_EQ(names("pci,00:1?.0=y;pci,00:01.0/00.0=x"), (Texts{"0000:00:10.0", "0000:01:00.0"}));
  EXPECT_EQ(names("pci,pci:10de:*=x;pci,00:1?.0=y"),
            (Texts{"0000:00:10.0", "0000:01:00.0", "0000:01:00.1"}));
  EXPECT_EQ(one("pci,00:10.0=x,id=8086:100e;pci,00:1?.0=y").ids, (PciIds{0x8086, 0x100e, 0, 0}));
  // The bad rule must know the devices that it leaves alone.
  EXPECT_EQ(one("pci,pci:8086:*=x,shiny;pci,00:10.0=y").ids, (PciIds{0x8086, 0x100e, 0, 0}));
  EXPECT_EQ(one("pci,00:01.0/00.0=x,shiny;pci,01:00.0=y").chain.size(), 2U);
}

TEST_F(SysfsTest, NothingIsReadThatNoRuleNeeds) {
  machine();
  const Device card = one("pci,01:00.0=x");
  EXPECT_EQ(card.ids, std::nullopt);
  EXPECT_TRUE(card.chain.empty());
  EXPECT_EQ(card.pci_class, 0x020000U);
  EXPECT_EQ(one("pci,00:01.0/00.0=x").ids, std::nullopt);
  EXPECT_TRUE(one("pci,pci:10de:1aef=x").chain.empty());
}

TEST_F(SysfsTest, TheCardIsFunctionNoughtOfTheSlot) {
  machine();
  const Device sound = one("pci,01:00.1=x,id=10de:2204");
  EXPECT_EQ(sound.ids, (PciIds{0x10de, 0x1aef, 0, 0}));
  EXPECT_EQ(sound.card_ids, (PciIds{0x10de, 0x2204, 0, 0}));
  EXPECT_EQ(one("pci,01:00.0=x,id=10de:2204").card_ids, (PciIds{0x10de, 0x2204, 0, 0}));
}

TEST_F(SysfsTest, NumbersThatAreNoneAreNotRead) {
  machine();
  for (const char* text : {"", "0x", "8086\n", "0xzz\n", "1x8086\n", "0x1000000000\n"}) {
    put("sys/bus/pci/devices/0000:00:10.0/vendor", text);
    EXPECT_EQ(one("pci,00:10.0=x,id=8086:100e").ids, std::nullopt) << text;
  }
  put("sys/bus/pci/devices/0000:00:10.0/vendor", "0x8");
  EXPECT_EQ(one("pci,00:10.0=x,id=8086:100e").ids, (PciIds{0x8, 0x100e, 0, 0}));
}

TEST_F(SysfsTest, SubsystemsOfBridgesAreAbsent) {
  machine();
  put("sys/bus/pci/devices/0000:00:10.0/subsystem_vendor", "0x1af4\n");
  put("sys/bus/pci/devices/0000:00:10.0/subsystem_device", "0x1100\n");
  EXPECT_EQ(read_sysfs_pci_ids(root(), {"pci", "0000:00:10.0"}),
            (PciIds{0x8086, 0x100e, 0x1af4, 0x1100}));
  EXPECT_EQ(read_sysfs_pci_ids(root(), {"pci", "0000:00:01.0"}), std::nullopt);
}

TEST_F(SysfsTest, ADeviceThatHasGoneIsNotThere) {
  machine();
  std::filesystem::remove(base_ / "sys/bus/pci/devices/0000:00:10.0");
  EXPECT_EQ(names("pci,00:10.0=x"), Texts{});
  EXPECT_EQ(names("pci,pci:8086:*=x"), Texts{});
  EXPECT_TRUE(read_sysfs_pci_chain(root(), {"pci", "0000:00:10.0"}).empty());
}

TEST_F(SysfsTest, AVirtualRootBusBeginsAChainAnew) {
  device("pci", "pci0000:00/0000:00:0e.0/pci10000:00/10000:00:02.0/10000:01:00.0");
  const std::vector<PciSlot> chain = read_sysfs_pci_chain(root(), {"pci", "10000:01:00.0"});
  EXPECT_EQ(chain, (std::vector<PciSlot>{{0x10000, 0, 2, 0}, {0x10000, 1, 0, 0}}));
}

TEST_F(SysfsTest, TheShortWayIsTakenOnlyIfItIsOne) {
  machine();
  EXPECT_EQ(one("pci,00:10.0=x").folder, "sys/devices/pci0000:00/0000:00:10.0");
  link("sys/bus/pci/devices/0000:00:11.0", "../../../devices/../devices/pci0000:00/0000:00:10.0");
  EXPECT_EQ(one("pci,00:11.0=x").folder, "sys/bus/pci/devices/0000:00:11.0");
  link("sys/bus/pci/devices/0000:00:12.0", "/sys/devices/pci0000:00/0000:00:10.0");
  EXPECT_EQ(one("pci,00:12.0=x").folder, "sys/bus/pci/devices/0000:00:12.0");
  folder("sys/bus/pci/devices/0000:00:13.0");
  EXPECT_EQ(one("pci,00:13.0=x").folder, "sys/bus/pci/devices/0000:00:13.0");
}

TEST_F(SysfsTest, ADriverIsTheEndOfItsLink) {
  machine();
  EXPECT_EQ(one("pci,00:10.0=x").driver, std::nullopt);
  bind("pci0000:00/0000:00:10.0", "e1000");
  EXPECT_EQ(one("pci,00:10.0=x").driver, "e1000");
}

TEST_F(SysfsTest, AChannelOfVmbusHasItsClassWithoutBraces) {
  device("vmbus", "vmbus/abc");
  put("sys/devices/vmbus/abc/class_id", "{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}\n");
  EXPECT_EQ(one("vmbus,abc=x").vmbus_class, "ba6163d9-04a1-4d29-b605-72e2ffb1dc7f");
  EXPECT_EQ(one("vmbus,abc=x").pci_class, std::nullopt);
}

TEST_F(SysfsTest, TheClassOfAChannelIsTheSameInAnyCase) {
  device("vmbus", "vmbus/abc");
  put("sys/devices/vmbus/abc/class_id", "{BA6163D9-04A1-4D29-B605-72E2FFB1DC7F}\n");
  EXPECT_TRUE(may_device_hold_the_root(one("vmbus,abc=x")));
}

TEST_F(SysfsTest, AChannelWithoutAReadableClassHasNone) {
  device("vmbus", "vmbus/abc");
  EXPECT_EQ(one("vmbus,abc=x").vmbus_class, std::nullopt);
  put("sys/devices/vmbus/abc/class_id", "\n");
  EXPECT_EQ(one("vmbus,abc=x").vmbus_class, std::nullopt);
}

TEST_F(SysfsTest, ABusThatIsNotThereIsAbsent) {
  machine();
  EXPECT_EQ(read("spi,a=x;pci,00:11.0=x").absent_buses, (std::set<std::string>{"spi"}));
  EXPECT_EQ(read("spi,a*=x").absent_buses, (std::set<std::string>{"spi"}));
  EXPECT_TRUE(read("spi,a*=x").unlisted_buses.empty());
}

/// It is there, and may hold anything: what is named exactly is found all the same.
TEST_F(SysfsTest, ABusThatCannotBeListedIsNotAbsent) {
  machine();
  put("sys/bus/spi/devices", "no folder");
  const Inventory inventory = read("spi,a*=x");
  EXPECT_TRUE(inventory.absent_buses.empty());
  EXPECT_EQ(inventory.unlisted_buses,
            (std::map<std::string, std::string>{{"spi", "Not a directory"}}));
}

/// It may be there, or be a misspelt one: what asks for an absent bus is told of the fault, too.
TEST_F(SysfsTest, ABusThatCannotBeLookedForIsNotSaidToBeMissing) {
  machine();
  const Root files = root();
  const int unused = ::dup(STDIN_FILENO);
  ::close(unused);
  struct rlimit limit {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const struct rlimit none_left = {static_cast<rlim_t>(unused), limit.rlim_max};
  const auto rules = parse_argument("pci,00:10.0=x").rules;
  // The sanitizer opens a pipe when it first meets a type, such as the category of an error.
  EXPECT_EQ(read_sysfs_inventory(files, parse_argument("no-bus,a=x").rules).absent_buses.size(),
            1U);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none_left), 0);
  const Inventory inventory = read_sysfs_inventory(files, rules);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(inventory.unlisted_buses,
            (std::map<std::string, std::string>{{"pci", "Too many open files"}}));
  EXPECT_EQ(inventory.absent_buses, (std::set<std::string>{"pci"}));
}

TEST_F(SysfsTest, ForOneDeviceNoOtherIsRead) {
  machine();
  const auto rules = parse_argument("pci,*:*:*.*=x;spi,a=x").rules;
  const Inventory inventory = read_sysfs_inventory(root(), rules, {"pci", "0000:01:00.1"});
  ASSERT_EQ(inventory.devices.size(), 1U);
  EXPECT_EQ(inventory.devices[0].id.name, "0000:01:00.1");
  EXPECT_EQ(inventory.absent_buses, (std::set<std::string>{"spi"}));
  EXPECT_TRUE(read_sysfs_inventory(root(), rules, {"platform", "pcspkr"}).devices.empty());
  EXPECT_TRUE(read_sysfs_inventory(root(), rules, {"pci", "0000:01:00.7"}).devices.empty());
}

}  // namespace
}  // namespace driver_override
