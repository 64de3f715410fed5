// SPDX-License-Identifier: LGPL-2.1-or-later
// The notation, and every tree: planted, it must look as a kernel's files do, and renumbered it
// must be the same machine. A new tree is tested without a change here.
#include "tests/trees/plant.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/trees/planted_root.hpp"

namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The first line, without its end.
std::string read_line(const fs::path& path) {
  const std::string text = read_file(path);
  return text.substr(0, text.find('\n'));
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

std::vector<std::string> lines_of(const fs::path& path) {
  std::istringstream stream(read_file(path));
  Names lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool is_there(const fs::path& path) {
  return fs::exists(fs::symlink_status(path));
}

/// The names in a folder, sorted; none where there is no folder.
Names names_in(const fs::path& folder) {
  Names names;
  if (!fs::is_directory(folder)) return names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// A planted machine, and what tests ask of it.
class Root : public device_trees::PlantedRoot {
 public:
  using PlantedRoot::PlantedRoot;

  fs::path operator/(const std::string& rest) const { return path() / rest; }

  [[nodiscard]] std::string read(const std::string& rest) const { return read_file(path() / rest); }

  /// A link's target as it stands there; empty where there is no link.
  [[nodiscard]] std::string link(const std::string& rest) const {
    return fs::is_symlink(path() / rest) ? fs::read_symlink(path() / rest).string() : "";
  }

  /// Calls for each device of each bus: bus, link in the bus's folder.
  template <typename Function>
  void for_each_device(const Function& function) const {
    for (const std::string& bus : names_in(path() / "sys/bus")) {
      const fs::path devices = path() / "sys/bus" / bus / "devices";
      for (const std::string& name : names_in(devices)) function(bus, devices / name);
    }
  }
};

/// What the reader says of a description.
std::string error_output(std::string_view description) {
  try {
    const Root root(description);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

// The notation

TEST(Notation, APciDeviceHasWhatTheKernelGivesIt) {
  const Root root(
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
  const Root root("bus pci\ndriver pci ahci built-in=ahci\n");
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
  const Root root(description);
  const std::string port = "sys/devices/pci0000:00/0000:00:01.0/";
  EXPECT_EQ(root.read(port + "secondary_bus_number"), "1\n");
  EXPECT_EQ(root.read(port + "subordinate_bus_number"), "9\n");
  EXPECT_EQ(root.link("sys/class/pci_bus/0000:03"),
            "../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:00.0/pci_bus/0000:03");
  const Root renumbered(description, true);
  EXPECT_EQ(renumbered.read(port + "secondary_bus_number"), "2\n");
  EXPECT_EQ(renumbered.read(port + "subordinate_bus_number"), "10\n");
  EXPECT_EQ(renumbered.read(port + "0000:02:00.0/0000:03:00.0/secondary_bus_number"), "4\n");
  EXPECT_EQ(error_output("bus pci\npci 0000:00:01.0 060400 1:2\n"),
            "no bus number, and nothing below it: 0000:00:01.0");
}

TEST(Notation, VirtualFunctionsAreLinkedWithTheirPort) {
  const Root root(
      "bus pci\n"
      "pci 0000:00:01.0 020000 1:2\n"
      "pci 0000:00:10.0 020000 1:3 physfn=0000:00:01.0\n"
      "pci 0000:00:10.4 020000 1:3 physfn=0000:00:01.0\n");
  EXPECT_EQ(root.read("sys/bus/pci/devices/0000:00:01.0/sriov_numvfs"), "2\n");
  EXPECT_EQ(root.link("sys/devices/pci0000:00/0000:00:01.0/virtfn1"), "../0000:00:10.4");
  EXPECT_EQ(root.link("sys/devices/pci0000:00/0000:00:10.4/physfn"), "../0000:00:01.0");
}

TEST(Notation, ADiskHasItsFilesAndLinks) {
  const Root root(
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
  const Root root(
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
  const Root root(
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
  const Root root("file /etc/x y\n");
  EXPECT_THROW(device_trees::plant("", root.path()), std::runtime_error);
}

TEST(Notation, NoBusIsGivenTheNumberOfARoot) {
  const std::string description =
      "bus pci\npci 0000:00:01.0 060400 1:2\npci 0000:7f:00.0 020000 1:2 parent=0000:00:01.0\n"
      "pci 0000:80:00.0 060000 1:2\n";
  EXPECT_NO_THROW(const Root root(description));
  EXPECT_THROW(const Root root(description, true), std::invalid_argument);
}

TEST(Notation, WhatIsNamedByADeviceMovesWithIt) {
  const Root root(
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

// The trees

class Tree : public testing::TestWithParam<fs::path> {
 protected:
  [[nodiscard]] std::string description() const { return read_file(GetParam()); }
};

TEST_P(Tree, LinksAreRelativeAndLeadToSomethingInTheRoot) {
  const Root root(description());
  for (const auto& entry : fs::recursive_directory_iterator(root.path())) {
    if (!entry.is_symlink()) continue;
    const fs::path target = fs::read_symlink(entry.path());
    EXPECT_TRUE(target.is_relative()) << entry.path();
    EXPECT_TRUE(fs::exists(entry.path())) << entry.path() << " leads to " << target;
    const std::string end = fs::weakly_canonical(entry.path()).string();
    EXPECT_TRUE(end.starts_with(root.path().string() + "/")) << entry.path();
  }
}

TEST_P(Tree, ADeviceAndItsDriverAgree) {
  const Root root(description());
  root.for_each_device([](const std::string& bus, const fs::path& device) {
    const std::string name = device.filename().string();
    EXPECT_EQ(fs::canonical(device / "subsystem").filename(), bus) << device;
    const std::string uevent = read_line(device / "uevent");
    if (!is_there(device / "driver")) {
      EXPECT_FALSE(uevent.starts_with("DRIVER=")) << device;
      return;
    }
    const fs::path driver = fs::canonical(device / "driver");
    EXPECT_EQ(driver.parent_path(), fs::canonical(device / "subsystem/drivers")) << device;
    EXPECT_EQ(uevent, "DRIVER=" + driver.filename().string());
    ASSERT_TRUE(fs::is_symlink(driver / name)) << device;
    EXPECT_EQ(fs::canonical(driver / name), fs::canonical(device));
  });
}

TEST_P(Tree, ADriverHasOnlyTheDevicesThatHaveIt) {
  const Root root(description());
  for (const std::string& bus : names_in(root / "sys/bus")) {
    for (const auto& driver : fs::directory_iterator(root / ("sys/bus/" + bus + "/drivers"))) {
      for (const auto& entry : fs::directory_iterator(driver)) {
        if (!entry.is_symlink() || entry.path().filename() == "module") continue;
        EXPECT_EQ(fs::canonical(entry.path() / "driver"), fs::canonical(driver)) << entry;
      }
    }
  }
}

TEST_P(Tree, OverridesAreWhereTheKernelHasThem) {
  const std::set<std::string> with_override = {"amba", "css", "pci", "platform", "spi", "vmbus"};
  const Root root(description());
  root.for_each_device([&](const std::string& bus, const fs::path& device) {
    ASSERT_EQ(is_there(device / "driver_override"), with_override.contains(bus)) << device;
    if (!with_override.contains(bus)) return;
    const std::string text = read_line(device / "driver_override");
    if (text == (bus == "spi" ? "" : "(null)")) return;
    EXPECT_EQ(fs::canonical(device / "driver").filename(), text) << device;
  });
}

TEST_P(Tree, APciDeviceIsDescribedByItsFiles) {
  const Root root(description());
  for (const auto& device : fs::directory_iterator(root / "sys/bus/pci/devices")) {
    const fs::path& folder = device.path();
    for (const char* name : {"vendor", "device", "subsystem_vendor", "subsystem_device"}) {
      EXPECT_TRUE(std::regex_match(read_file(folder / name), std::regex("0x[0-9a-f]{4}\n")))
          << folder / name;
    }
    const std::string code = read_line(folder / "class");
    EXPECT_TRUE(std::regex_match(code, std::regex("0x[0-9a-f]{6}"))) << folder;
    EXPECT_TRUE(std::regex_match(read_line(folder / "revision"), std::regex("0x[0-9a-f]{2}")));
    EXPECT_TRUE(read_line(folder / "modalias").starts_with("pci:v0000")) << folder;
    EXPECT_EQ(is_there(folder / "boot_vga"), code.starts_with("0x0300")) << folder;
    EXPECT_EQ(is_there(folder / "secondary_bus_number"), code.starts_with("0x0604")) << folder;
  }
}

TEST_P(Tree, AtMostOneDisplayIsTheOneOfTheBoot) {
  const Root root(description());
  std::multiset<std::string> answers;
  for (const auto& device : fs::directory_iterator(root / "sys/bus/pci/devices")) {
    if (is_there(device.path() / "boot_vga")) answers.insert(read_line(device.path() / "boot_vga"));
  }
  EXPECT_EQ(answers.count("1"), answers.empty() ? 0U : 1U);
}

TEST_P(Tree, ABridgeLeadsToItsBus) {
  const Root root(description());
  for (const auto& link : fs::directory_iterator(root / "sys/bus/pci/devices")) {
    const fs::path device = fs::canonical(link);
    const fs::path parent = device.parent_path();
    if (!is_there(parent / "secondary_bus_number")) continue;
    const std::string address = device.filename().string();
    const int bus = std::stoi(address.substr(address.find(':') + 1), nullptr, 16);
    const int secondary = std::stoi(read_line(parent / "secondary_bus_number"));
    // The bus of virtual functions is the only one that no bridge has as its own.
    if (!is_there(device / "physfn")) {
      EXPECT_EQ(bus, secondary) << device;
    }
    EXPECT_LE(bus, std::stoi(read_line(parent / "subordinate_bus_number"))) << device;
    EXPECT_TRUE(is_there(parent / "pci_bus" / address.substr(0, address.rfind(':')))) << device;
  }
}

TEST_P(Tree, AVirtualFunctionAndItsPortKnowEachOther) {
  const Root root(description());
  for (const auto& link : fs::directory_iterator(root / "sys/bus/pci/devices")) {
    std::set<fs::path> functions;
    for (const std::string& name : names_in(link)) {
      if (name.starts_with("virtfn")) functions.insert(fs::canonical(link.path() / name));
    }
    for (const fs::path& function : functions) {
      EXPECT_EQ(fs::canonical(function / "physfn"), fs::canonical(link));
    }
    if (!is_there(link.path() / "sriov_totalvfs")) continue;
    EXPECT_EQ(read_line(link.path() / "sriov_numvfs"), std::to_string(functions.size()));
  }
}

TEST_P(Tree, AnIommuGroupAndItsDevicesAgree) {
  const Root root(description());
  std::size_t members = 0;
  for (const std::string& group : names_in(root / "sys/kernel/iommu_groups")) {
    const fs::path folder = root / ("sys/kernel/iommu_groups/" + group);
    for (const std::string& name : names_in(folder / "devices")) {
      EXPECT_EQ(fs::canonical(folder / "devices" / name / "iommu_group"), folder) << name;
      ++members;
    }
  }
  std::size_t devices = 0;
  root.for_each_device([&](const std::string&, const fs::path& device) {
    if (is_there(device / "iommu_group")) ++devices;
  });
  EXPECT_EQ(members, devices);
}

TEST_P(Tree, AClassDeviceIsInItsClass) {
  const Root root(description());
  for (const std::string& group : names_in(root / "sys/class")) {
    for (const auto& link : fs::directory_iterator(root / ("sys/class/" + group))) {
      if (!link.is_symlink()) continue;  // net/bonding_masters is a file
      EXPECT_EQ(fs::canonical(link.path() / "subsystem").filename(), group) << link;
      EXPECT_TRUE(is_there(link.path() / "uevent")) << link;
      if (!is_there(link.path() / "dev")) continue;
      const std::string kind = group == "block" ? "block/" : "char/";
      const fs::path number = root / ("sys/dev/" + kind + read_line(link.path() / "dev"));
      EXPECT_EQ(fs::canonical(number), fs::canonical(link)) << link;
    }
  }
}

TEST_P(Tree, MountsSwapsAndRoutesNameWhatExists) {
  const Root root(description());
  std::size_t disks = 0;
  for (const std::string& line : lines_of(root / "proc/self/mountinfo")) {
    const Names words = words_of(line);
    if (!words.at(words.size() - 2).starts_with("/dev/")) continue;
    ++disks;
    const bool is_anonymous = words.at(2).starts_with("0:");
    const std::string source = words.at(words.size() - 2).substr(5);
    EXPECT_TRUE(is_there(root / ("sys/dev/block/" + words.at(2))) ||
                (is_anonymous && is_there(root / ("sys/class/block/" + source))))
        << line;
  }
  EXPECT_GT(disks, 0U);
  for (const std::string& line : lines_of(root / "proc/swaps")) {
    const Names words = words_of(line);
    if (words.at(1) != "partition") continue;
    EXPECT_TRUE(is_there(root / ("sys/class/block" + words.at(0).substr(4)))) << line;
  }
  bool has_default_route = false;
  Names routes = lines_of(root / "proc/net/route");
  ASSERT_TRUE(routes.at(0).starts_with("Iface\tDestination\tGateway \tFlags\t"));
  routes.erase(routes.begin());
  for (const std::string& line : routes) {
    EXPECT_TRUE(is_there(root / ("sys/class/net/" + words_of(line).at(0)))) << line;
    has_default_route |= words_of(line).at(1) == "00000000";
  }
  for (const std::string& line : lines_of(root / "proc/net/ipv6_route")) {
    const Names words = words_of(line);
    ASSERT_EQ(words.size(), 10U) << line;
    EXPECT_TRUE(is_there(root / ("sys/class/net/" + words.back()))) << line;
    has_default_route |= words[1] == "00" && words.back() != "lo";
  }
  EXPECT_TRUE(has_default_route);
  EXPECT_EQ(lines_of(root / "proc/mounts"), lines_of(root / "proc/self/mounts"));
  EXPECT_EQ(lines_of(root / "proc/cmdline").size(), 1U);
}

/// `-` and `_` are equal in the names of modules.
std::string module_of(const std::string& path) {
  std::string name = fs::path(path).filename().string();
  name.erase(name.find(".ko"));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

TEST_P(Tree, ModulesThatAreThereCanBeLoadedOrAreBuiltIn) {
  const Root root(description());
  const std::string release = read_line(root / "proc/sys/kernel/osrelease");
  const fs::path folder = root / ("lib/modules/" + release);
  std::set<std::string> loadable;
  std::set<std::string> needed;
  for (const std::string& line : lines_of(folder / "modules.dep")) {
    Names words = words_of(line);
    ASSERT_TRUE(words.at(0).ends_with(":")) << line;
    EXPECT_TRUE(loadable.insert(module_of(words[0])).second) << line;
    for (std::size_t at = 1; at < words.size(); ++at) needed.insert(module_of(words[at]));
  }
  std::set<std::string> built_in;
  for (const std::string& line : lines_of(folder / "modules.builtin")) {
    built_in.insert(module_of(line));
  }
  for (const std::string& name : needed) EXPECT_TRUE(loadable.contains(name)) << name;
  for (const std::string& name : names_in(root / "sys/module")) {
    const bool is_loaded = is_there(root / ("sys/module/" + name + "/initstate"));
    EXPECT_TRUE((is_loaded ? loadable : built_in).contains(name)) << name;
  }
  for (const std::string& line : lines_of(folder / "modules.alias")) {
    const Names words = words_of(line);
    if (words.at(0) != "alias") continue;
    ASSERT_EQ(words.size(), 3U) << line;
    EXPECT_TRUE(loadable.contains(words[2])) << line;
  }
}

/// Where a distribution has the names of PCI devices; none where it has none.
std::optional<fs::path> pci_ids(const Root& root) {
  for (const char* path : {"usr/share/hwdata/pci.ids", "usr/share/misc/pci.ids"}) {
    if (is_there(root / path)) return root / path;
  }
  return std::nullopt;
}

/// What the devices of the tree say of themselves: vendors, and VENDOR:DEVICE.
std::set<std::string> ids_of(const Root& root) {
  std::set<std::string> ids;
  const auto id = [](const fs::path& path) { return read_line(path).substr(2); };
  for (const auto& device : fs::directory_iterator(root / "sys/bus/pci/devices")) {
    ids.insert(id(device.path() / "vendor"));
    ids.insert(id(device.path() / "subsystem_vendor"));
    ids.insert(id(device.path() / "vendor") + ":" + id(device.path() / "device"));
  }
  return ids;
}

TEST_P(Tree, PciIdsHasOnlyNamesOfTheDevicesThatAreThere) {
  const Root root(description());
  const std::optional<fs::path> names = pci_ids(root);
  if (!names) return;
  const std::set<std::string> ids = ids_of(root);
  std::string vendor;
  for (const std::string& line : lines_of(*names)) {
    if (line.starts_with("C ")) break;
    if (line.starts_with("\t\t")) continue;
    const bool is_vendor = !line.starts_with("\t");
    if (is_vendor) vendor = line.substr(0, 4);
    const std::string id = is_vendor ? vendor : vendor + ":" + line.substr(1, 4);
    EXPECT_TRUE(ids.contains(id)) << line;
  }
}

// Renumbering

const std::regex& address_pattern() {
  static const std::regex pattern("([0-9a-f]{4,8}):([0-9a-f]{2}):([0-9a-f]{2}\\.[0-7])");
  return pattern;
}

/// What stands for an address where bus numbers do not count: for each PCI device its host bridge
/// and the DEVICE.FUNCTION of all bridges above it and its own.
std::map<std::string, std::string> topology(const Root& root) {
  const std::regex host_bridge("pci[0-9a-f]{4,8}:[0-9a-f]{2}");
  std::map<std::string, std::string> chains;
  for (const auto& link : fs::directory_iterator(root / "sys/bus/pci/devices")) {
    std::string chain;
    for (const fs::path& part : fs::canonical(link)) {
      const std::string name = part.string();
      std::smatch match;
      if (std::regex_match(name, host_bridge)) chain += "<" + name + ">";
      if (std::regex_match(name, match, address_pattern())) chain += "<" + match.str(3) + ">";
    }
    chains[link.path().filename().string()] = chain;
  }
  return chains;
}

/// The text with the topology in place of each address, and without the names of buses.
std::string without_numbers(std::string text, const std::map<std::string, std::string>& chains) {
  std::string plain;
  std::smatch match;
  while (std::regex_search(text, match, address_pattern())) {
    const auto known = chains.find(match.str());
    plain += match.prefix().str() + (known != chains.end() ? known->second : match.str());
    text = match.suffix().str();
  }
  plain += text;
  static const std::regex bus("pci_bus/[0-9a-f]{4,8}:[0-9a-f]{2}");
  return std::regex_replace(plain, bus, "pci_bus/");
}

/// Every entry as a line: its path, and its content or target. The order says nothing.
std::multiset<std::string> entries(const Root& root, const std::string& folder,
                                   const std::function<std::string(std::string)>& change) {
  std::multiset<std::string> lines;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    std::string line = entry.path().lexically_relative(root.path()).string();
    const bool is_number = line.ends_with("ary_bus_number") || line.ends_with("inate_bus_number");
    if (entry.is_symlink()) {
      line += " -> " + fs::read_symlink(entry.path()).string();
    } else if (entry.is_regular_file() && !is_number) {
      line += " = " + read_file(entry.path());
    }
    lines.insert(change(line));
  }
  return lines;
}

TEST_P(Tree, RenumberingKeepsTheTopology) {
  const Root plain(description());
  const Root renumbered(description(), true);
  const auto before = topology(plain);
  const auto after = topology(renumbered);
  const auto lines = [](const Root& root, const std::map<std::string, std::string>& chains) {
    return entries(root, "sys",
                   [&](const std::string& line) { return without_numbers(line, chains); });
  };
  EXPECT_EQ(lines(plain, before), lines(renumbered, after));
  const auto unchanged = [](const std::string& line) { return line; };
  for (const std::string& folder : names_in(plain.path())) {
    if (folder == "sys") continue;
    EXPECT_EQ(entries(plain, folder, unchanged), entries(renumbered, folder, unchanged));
  }
}

/// How far a bus number has to move: those of root buses not at all.
int expected_step(const std::string& chain) {
  // A root bus has one DEVICE.FUNCTION behind its host bridge, which is the last one of the chain.
  const std::string behind = chain.substr(chain.rfind("<pci"));
  return std::count(behind.begin(), behind.end(), '<') == 2 ? 0 : 1;
}

TEST_P(Tree, RenumberingMovesExactlyTheBusesBelowBridges) {
  const Root plain(description());
  const Root renumbered(description(), true);
  std::map<std::string, std::string> addresses;  // by topology
  for (const auto& [address, chain] : topology(renumbered)) addresses[chain] = address;
  const auto bus_of = [](const std::string& address) {
    return std::stoi(address.substr(address.find(':') + 1), nullptr, 16);
  };
  for (const auto& [address, chain] : topology(plain)) {
    const std::string& other = addresses[chain];
    EXPECT_EQ(bus_of(other), bus_of(address) + expected_step(chain)) << address;
    const fs::path folder = plain / ("sys/bus/pci/devices/" + address);
    const fs::path other_folder = renumbered / ("sys/bus/pci/devices/" + other);
    for (const char* name : {"secondary_bus_number", "subordinate_bus_number"}) {
      if (!is_there(folder / name)) continue;
      EXPECT_EQ(std::stoi(read_line(other_folder / name)), std::stoi(read_line(folder / name)) + 1);
    }
  }
}

std::vector<fs::path> trees() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(TREES_DIRECTORY)) {
    if (entry.path().extension() == ".tree") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string test_name(const testing::TestParamInfo<fs::path>& info) {
  std::string name = info.param.stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Tree, testing::ValuesIn(trees()), test_name);

}  // namespace
