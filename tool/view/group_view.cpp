// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/group_view.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

#include "hook/vfio.hpp"
#include "parser/printable.hpp"
#include "tool/machine/in_use.hpp"
#include "tool/machine/iommu.hpp"
#include "tool/machine/iommu_group.hpp"

namespace driver_override {
namespace {

std::string driver_in_group(const Device& device) {
  return device.driver.value_or("");
}

std::string name_in_group(const Device& device) {
  return device.id.bus == "pci" ? printable(device.id.name) : rule_name_of_device(device.id);
}

/// Numbers in their order, whatever else by its bytes.
struct ByNumber {
  bool operator()(const std::string& one, const std::string& other) const {
    return one.size() != other.size() ? one.size() < other.size() : one < other;
  }
};

bool group_view_holds_vfio(const std::vector<Device>& group) {
  return std::any_of(group.begin(), group.end(),
                     [](const Device& member) { return is_vfio(driver_in_group(member)); });
}

std::vector<Device> members_that_close_group_view(const std::vector<Device>& group) {
  std::vector<Device> closing;
  std::copy_if(group.begin(), group.end(), std::back_inserter(closing),
               [](const Device& member) { return !is_harmless_in_group(driver_in_group(member)); });
  return closing;
}

/// Why the group cannot go as it is: the first of the devices that is in use; empty if none is.
std::string use_of_group(const Root& root, const InUse& in_use,
                         const std::vector<Device>& devices) {
  for (const Device& device : devices)
    if (const auto uses = in_use.uses(root, device.id); !uses.empty())
      return name_in_group(device) + " is in use: " + uses.front();
  return {};
}

/// What can be said of a group in its heading; empty if there is nothing in it for vfio.
std::string standing_in_group_view(const Root& root, const InUse& in_use,
                                   const std::vector<Device>& group) {
  const std::vector<Device> closing = members_that_close_group_view(group);
  const std::string missing = rule_for_iommu_group(root, group, closing);
  const std::string use = use_of_group(root, in_use, closing);
  if (group_view_holds_vfio(group))
    return closing.empty()   ? "open to vfio"
           : !use.empty()    ? "closed to vfio; " + use
           : missing.empty() ? "closed to vfio"
                             : "closed to vfio; opens with " + missing;
  const std::string rule = rule_for_iommu_group(root, group, closing.empty() ? group : closing);
  return rule.empty() ? std::string() : use.empty() ? "can be given to vfio: " + rule : use;
}

void print_group(const Terminal& terminal, const std::string& number,
                 const std::vector<Device>& group, const std::string& standing,
                 const std::vector<ListedDevice>& all) {
  const std::string heading = "group " + printable(number);
  std::printf("%s  %s\n", terminal.bold(heading).c_str(),
              terminal.wrap(standing, heading.size() + 2, 4).c_str());
  std::vector<TableRow> rows;
  for (const Device& member : group)
    for (const ListedDevice& listed : all)
      if (listed.device.id == member.id)
        rows.push_back(
            {name_in_group(member), &listed,
             group_view_holds_vfio(group) && !is_harmless_in_group(driver_in_group(member))
                 ? "<- keeps the group closed"
                 : ""});
  print_device_table(terminal, rows, 2, false);
}

}  // namespace

void print_groups(const Root& root, const Terminal& terminal, const std::vector<ListedDevice>& all,
                  const std::vector<ListedDevice>& wanted) {
  std::set<std::string, ByNumber> groups;
  std::vector<TableRow> others;
  for (const ListedDevice& device : wanted) {
    if (device.details.iommu_group)
      groups.insert(*device.details.iommu_group);
    else
      others.push_back({name_in_group(device.device), &device});
  }
  std::string bridges;
  const InUse in_use(root, DiskCheck::by_reading);
  for (const std::string& number : groups) {
    const std::vector<Device> group = read_iommu_group(root, number);
    const std::string standing = standing_in_group_view(root, in_use, group);
    if (standing.empty())
      bridges += " " + printable(number);
    else
      print_group(terminal, number, group, standing, all);
  }
  const std::string heading = "groups of bridges alone:";
  if (!bridges.empty())
    std::printf("%s%s\n", terminal.bold(heading).c_str(),
                terminal.wrap(bridges, heading.size(), 2).c_str());
  if (others.empty()) return;
  std::printf("%s\n", terminal.bold("in no group").c_str());
  print_device_table(terminal, others, 2, false);
}

}  // namespace driver_override
