// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/device_sheet.hpp"

#include <cstdio>

#include "hook/sysfs.hpp"
#include "parser/printable.hpp"
#include "tool/machine/iommu.hpp"

namespace driver_override {
namespace {

constexpr std::size_t indent = 16;

void print_sheet_fact(const Terminal& terminal, const char* name, const std::string& value) {
  if (value.empty()) return;
  std::printf("  %-12s  %s\n", name, terminal.wrap(value, indent, indent).c_str());
}

std::string joined_for_sheet(const std::vector<std::string>& texts) {
  std::string text;
  for (const std::string& one : texts) text += (text.empty() ? "" : ", ") + printable(one);
  return text;
}

/// "25, with 0000:0a:00.1"
std::string sheet_group(const Root& root, const ListedDevice& device) {
  if (!device.details.iommu_group) return {};
  std::vector<std::string> others;
  for (const Device& member : read_iommu_group(root, *device.details.iommu_group))
    if (member.id != device.device.id) others.push_back(member.id.name);
  return printable(*device.details.iommu_group) +
         (others.empty() ? std::string(", alone") : ", with " + joined_for_sheet(others));
}

/// "0000:00:03.2/00.0"
std::string sheet_path(const Root& root, const DeviceId& device) {
  std::string path;
  for (const PciSlot& slot : read_sysfs_pci_chain(root, device)) {
    const std::string text = to_text(slot);
    path += path.empty() ? text : "/" + text.substr(text.rfind(':') + 1);
  }
  return path;
}

std::string sheet_functions(const Details& details) {
  if (!details.physical_function.empty())
    return "virtual function of " + printable(details.physical_function);
  if (details.most_virtual_functions == 0) return {};
  return "physical function with " + std::to_string(details.virtual_functions) + " of " +
         std::to_string(details.most_virtual_functions) + " virtual functions";
}

}  // namespace

void print_sheet(const Root& root, const Terminal& terminal, const ListedDevice& device,
                 const ModuleAliases& aliases) {
  const Details& details = device.details;
  const DeviceId& id = device.device.id;
  std::printf("%s\n", terminal.bold(rule_name_of_device(id)).c_str());
  print_sheet_fact(terminal, "description", printable(details.description));
  print_sheet_fact(terminal, "names", joined_for_sheet(device.names));
  print_sheet_fact(terminal, "ids", details.ids);
  if (!details.class_text.empty())
    print_sheet_fact(terminal, "class", details.class_text + " (" + table_class_text(device) + ")");
  print_sheet_fact(terminal, "driver",
                   device.device.driver ? printable(*device.device.driver) : "none");
  print_sheet_fact(terminal, "override",
                   details.override_name.empty() ? "" : printable(details.override_name));
  print_sheet_fact(terminal, "IOMMU group", sheet_group(root, device));
  print_sheet_fact(terminal, "function", sheet_functions(details));
  print_sheet_fact(terminal, "path", sheet_path(root, id));
  const std::string modalias = read_module_alias(root, id);
  print_sheet_fact(terminal, "modules", joined_for_sheet(aliases.matching(modalias)));
  print_sheet_fact(terminal, "for vfio",
                   joined_for_sheet(module_aliases_of_vfio_variants(aliases, modalias)));
}

}  // namespace driver_override
