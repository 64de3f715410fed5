// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/module_aliases.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "hook/driver_table.hpp"
#include "hook/modules.hpp"
#include "hook/sysfs.hpp"
#include "tool/machine/kernel_modules.hpp"
#include "tool/machine/lines.hpp"

namespace driver_override {

ModuleAliases::ModuleAliases(const Root& root) {
  for (const std::string& folder : module_folders(root)) {
    std::error_code error;
    for_each_row(
        root, folder + "modules.alias",
        [&](const Words& words) {
          if (words.size() == 3 && words[0] == "alias")
            aliases_.push_back({words[1], normalised_module(words[2])});
        },
        error);
    if (!aliases_.empty()) return;
  }
}

std::vector<std::string> ModuleAliases::matching(const std::string& alias) const {
  std::vector<std::string> modules;
  if (alias.empty()) return modules;
  for (const ModuleAlias& one : aliases_)
    if (::fnmatch(one.pattern.c_str(), alias.c_str(), 0) == 0 &&
        std::find(modules.begin(), modules.end(), one.module) == modules.end())
      modules.push_back(one.module);
  return modules;
}

bool ModuleAliases::has_any(const std::string& module, const std::string& start) const {
  const std::string name = normalised_module(module);
  return std::any_of(aliases_.begin(), aliases_.end(), [&](const ModuleAlias& one) {
    return one.module == name && one.pattern.compare(0, start.size(), start) == 0;
  });
}

std::string read_module_alias(const Root& root, const DeviceId& device) {
  std::error_code error;
  std::string text = root.read(sysfs_device_path(device) + "/modalias", error);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string module_alias_for_vfio(const std::string& modalias) {
  return modalias.compare(0, 4, "pci:") == 0 ? "vfio_" + modalias : std::string();
}

std::vector<std::string> module_aliases_of_vfio_variants(const ModuleAliases& aliases,
                                                         const std::string& modalias) {
  std::vector<std::string> drivers;
  for (const std::string& module : aliases.matching(module_alias_for_vfio(modalias))) {
    if (module == "vfio_pci") continue;
    // The table leaves out drivers of their module's own name.
    const auto held = find_drivers(driver_table("pci"), module);
    drivers.push_back(held.empty() ? module : std::string(held.front()));
  }
  return drivers;
}

}  // namespace driver_override
