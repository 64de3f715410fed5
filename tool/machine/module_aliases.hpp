// SPDX-License-Identifier: LGPL-2.1-or-later
// Which modules say that they drive a device, by the modules.alias of the root's kernel.
#pragma once

#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// One line of modules.alias.
struct ModuleAlias {
  std::string pattern;  ///< "pci:v000010DEd*sv*sd*bc03sc*i*"
  std::string module;   ///< with `_` for `-`
};

class ModuleAliases {
 public:
  /// Reads the modules.alias of the kernel that /proc/sys/kernel/osrelease names, and what is built
  /// in (modules.builtin.modinfo is not read: what is built in needs no loading).
  explicit ModuleAliases(const Root& root);

  /// The modules whose aliases match, each once, in the order of the file.
  /// \param alias  a device's, as its file `modalias` has it
  [[nodiscard]] std::vector<std::string> matching(const std::string& alias) const;

  /// True if the module has an alias that begins so ("of:", "platform:").
  [[nodiscard]] bool has_any(const std::string& module, const std::string& start) const;

 private:
  std::vector<ModuleAlias> aliases_;
};

/// The `modalias` of a device, which takes no lock to read; empty if it has none.
std::string read_module_alias(const Root& root, const DeviceId& device);

/// What a variant of vfio-pci lists for a PCI device: "vfio_pci:" in place of "pci:"
/// (drivers/vfio/pci, PCI_DRIVER_OVERRIDE_DEVICE_VFIO). Empty for other devices.
std::string module_alias_for_vfio(const std::string& modalias);

/// The drivers among the modules that are variants of vfio-pci for the device, but for vfio-pci
/// itself.
std::vector<std::string> module_aliases_of_vfio_variants(const ModuleAliases& aliases,
                                                         const std::string& modalias);

}  // namespace driver_override
