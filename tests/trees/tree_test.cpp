// SPDX-License-Identifier: LGPL-2.1-or-later
// Every tree: planted, it must look as a kernel's files do, and renumbered it must be the same
// machine. A new tree is tested without a change here.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/trees/machine.hpp"

namespace device_trees {
namespace {

class Tree : public testing::TestWithParam<fs::path> {
 protected:
  [[nodiscard]] std::string description() const { return read_file(GetParam()); }
};

TEST_P(Tree, LinksAreRelativeAndLeadToSomethingInTheRoot) {
  const Machine root(description());
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
  const Machine root(description());
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
  const Machine root(description());
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
  const std::set<std::string> with_override = {"amba",     "css", "fsl-mc", "pci",
                                               "platform", "spi", "vmbus"};
  const Machine root(description());
  root.for_each_device([&](const std::string& bus, const fs::path& device) {
    ASSERT_EQ(is_there(device / "driver_override"), with_override.contains(bus)) << device;
    if (!with_override.contains(bus)) return;
    const std::string text = read_line(device / "driver_override");
    if (text == (bus == "spi" ? "" : "(null)")) return;
    EXPECT_EQ(fs::canonical(device / "driver").filename(), text) << device;
  });
}

TEST_P(Tree, APciDeviceIsDescribedByItsFiles) {
  const Machine root(description());
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
  const Machine root(description());
  std::multiset<std::string> answers;
  for (const auto& device : fs::directory_iterator(root / "sys/bus/pci/devices")) {
    if (is_there(device.path() / "boot_vga")) answers.insert(read_line(device.path() / "boot_vga"));
  }
  EXPECT_EQ(answers.count("1"), answers.empty() ? 0U : 1U);
}

TEST_P(Tree, ABridgeLeadsToItsBus) {
  const Machine root(description());
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
  const Machine root(description());
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
  const Machine root(description());
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
  const Machine root(description());
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
  const Machine root(description());
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

/// `-` and `_` are the same in the names of modules.
std::string module_of(const std::string& path) {
  std::string name = fs::path(path).filename().string();
  name.erase(name.find(".ko"));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

TEST_P(Tree, ModulesThatAreThereCanBeLoadedOrAreBuiltIn) {
  const Machine root(description());
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

/// Where a distribution has the names of PCI devices; none if it has none.
std::optional<fs::path> pci_ids(const Machine& root) {
  for (const char* path : {"usr/share/hwdata/pci.ids", "usr/share/misc/pci.ids"}) {
    if (is_there(root / path)) return root / path;
  }
  return std::nullopt;
}

/// What the devices of the tree say of themselves: vendors, and VENDOR:DEVICE.
std::set<std::string> ids_of(const Machine& root) {
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
  const Machine root(description());
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
std::map<std::string, std::string> topology(const Machine& root) {
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
std::multiset<std::string> entries(const Machine& root, const std::string& folder,
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
  const Machine plain(description());
  const Machine renumbered(description(), true);
  const auto before = topology(plain);
  const auto after = topology(renumbered);
  const auto lines = [](const Machine& root, const std::map<std::string, std::string>& chains) {
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
  const Machine plain(description());
  const Machine renumbered(description(), true);
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
    const fs::path& path = entry.path();
    // Its faults are what it is for: links that lead nowhere, drivers that are missing.
    if (path.extension() == ".tree" && path.stem() != "booted") found.push_back(path);
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
}  // namespace device_trees
