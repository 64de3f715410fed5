// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/module_drivers.hpp"

#include "hook/driver_table.hpp"
#include "hook/modules.hpp"

namespace driver_override {
namespace {

/// The table leaves out drivers of their module's own name. Those that it has beside one are called
/// after it (mt7915e_hif): then it cannot be told whether there is one.
std::vector<std::string> known_module_drivers(const std::string& bus, const std::string& module) {
  std::vector<std::string> names;
  for (const std::string_view driver : find_drivers(driver_table(bus), module)) {
    const std::string start = normalised_module(driver.substr(0, module.size()));
    if (start == normalised_module(module)) return {};
    names.emplace_back(driver);
  }
  return names;
}

}  // namespace

ModuleDrivers read_module_drivers(const Root& root, const std::string& bus,
                                  const std::string& module) {
  const std::string folder = "sys/module/" + normalised_module(module);
  if (!root.exists(folder)) return {false, known_module_drivers(bus, module)};
  ModuleDrivers drivers{true, {}};
  // "pci:nvidia-gpu" (drivers/base/module.c, make_driver_name)
  const std::string start = bus + ":";
  std::error_code error;
  for (const std::string& name : root.list(folder + "/drivers", error))
    if (name.compare(0, start.size(), start) == 0)
      drivers.names.push_back(name.substr(start.size()));
  return drivers;
}

}  // namespace driver_override
