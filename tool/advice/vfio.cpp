// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/vfio.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "hook/sysfs.hpp"
#include "hook/vfio.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/advice/warning.hpp"
#include "tool/machine/iommu.hpp"
#include "tool/machine/iommu_group.hpp"
#include "tool/machine/module_aliases.hpp"

namespace driver_override {
namespace {

class VfioAdviser {
 public:
  VfioAdviser(const Root& root, const Configuration& configuration, const Plan& plan)
      : root_(root), configuration_(configuration), plan_(plan) {}

  std::vector<Message> run() {
    for (const Action& action : plan_.actions) {
      if (!is_vfio(action.driver) || action.device.driver == action.driver) continue;
      refusal(action);
      reset(action);
      variant(action);
    }
    for (const Action& action : plan_.actions)
      if (is_vfio(action.driver)) group(action);
    return std::move(advice_);
  }

 private:
  void add(std::initializer_list<std::string_view> text, std::string_view hint,
           const Action& action) {
    advice_.push_back(warning_of_rule(configuration_, action.rule, text, hint));
  }

  [[nodiscard]] std::string read(const std::string& path) const {
    std::error_code error;
    return root_.read(path, error);
  }

  /// Virtual functions are told of for every driver (tool/advice/advice.cpp).
  void refusal(const Action& action) {
    const auto has_link = [&](const std::string& name) {
      return root_.link(sysfs_device_path(action.device.id), name).has_value();
    };
    for (const VfioRefusal why : vfio_refusals(action.device, has_link)) {
      if (why == VfioRefusal::bridge) bridge(action);
      if (why == VfioRefusal::no_iommu_group) iommu(action);
    }
  }

  void bridge(const Action& action) {
    add({to_text(action.device.id), " is a bridge, which ", in_quotes(action.driver),
         " refuses (EINVAL)"},
        "name the devices behind it", action);
  }

  void iommu(const Action& action) {
    const std::string device = to_text(action.device.id);
    const std::string driver = in_quotes(action.driver);
    if (is_noiommu_allowed(root_))
      add({device, " would be given away without an IOMMU"},
          "enable_unsafe_noiommu_mode is set: the device can read and write all memory", action);
    else if (has_iommu(root_))
      add({device, " is in no IOMMU group, and ", driver, " refuses it"},
          "the firmware lists no IOMMU for the device", action);
    else if (!std::exchange(is_iommu_told_, true))
      add({"no IOMMU is on, and ", driver, " takes no device without one"},
          action.device.id.bus == "pci"
              ? "switch on VT-d or AMD-Vi in the firmware's setup; VT-d may also want "
                "intel_iommu=on"
              : "the firmware must list one for the device",
          action);
  }

  /// ENOENT in vfio_platform_init_common (drivers/vfio/platform/vfio_platform_common.c). The
  /// devices that have a handler are those of drivers/vfio/platform/reset; of ACPI's it is not
  /// known.
  void reset(const Action& action) {
    constexpr std::array<std::string_view, 3> handled = {"calxeda,hb-xgmac", "amd,xgbe-seattle-v1a",
                                                         "brcm,iproc-flexrm-mbox"};
    if (action.driver != "vfio-platform" ||
        read("sys/module/vfio_platform/parameters/reset_required") != "Y\n")
      return;
    std::string compatible = read(sysfs_device_path(action.device.id) + "/of_node/compatible");
    compatible.resize(std::min(compatible.find('\0'), compatible.size()));
    if (compatible.empty() ||
        std::find(handled.begin(), handled.end(), compatible) != handled.end())
      return;
    add({to_text(action.device.id), " has no reset handler, and ", in_quotes(action.driver),
         " refuses it"},
        "vfio_platform.reset_required=0 lets it go without", action);
  }

  /// The driver that a device will have when the plan is done.
  [[nodiscard]] std::string driver_afterwards(const Device& device) const {
    for (const Action& action : plan_.actions)
      if (action.device.id == device.id) return action.driver;
    return device.driver.value_or("");
  }

  /// vfio opens a group only as a whole: one line per group, with the rule to add.
  void group(const Action& action) {
    const auto number = root_.link(sysfs_device_path(action.device.id), "iommu_group");
    if (!number || !told_groups_.insert(*number).second) return;
    const std::vector<Device> group = read_iommu_group(root_, *number);
    std::vector<Device> missing;
    std::string keepers;
    for (const Device& member : group) {
      const std::string driver = driver_afterwards(member);
      if (is_harmless_in_group(driver)) continue;
      missing.push_back(member);
      keepers += (keepers.empty() ? "" : ", ") + printable(member.id.name) + " (" +
                 printable(driver) + ")";
    }
    if (missing.empty()) return;
    const std::string rule = rule_for_iommu_group(root_, group, missing);
    add({"IOMMU group ", printable(*number), " stays closed to vfio because of ", keepers},
        rule.empty() ? "these devices cannot be given to vfio; another slot may be in a group of "
                       "its own"
                     : "vfio opens a group only as a whole: add " + rule,
        action);
  }

  /// A driver for this very device that adds to vfio-pci what it alone cannot do, such as
  /// migration.
  void variant(const Action& action) {
    if (action.driver != "vfio-pci") return;
    if (!aliases_) aliases_.emplace(root_);
    for (const std::string& driver :
         module_aliases_of_vfio_variants(*aliases_, read_module_alias(root_, action.device.id)))
      add({"this kernel has ", in_quotes(driver), " for ", to_text(action.device.id)},
          "it is vfio-pci with what this device needs besides; write =" + driver, action);
  }

  const Root& root_;
  const Configuration& configuration_;
  const Plan& plan_;
  bool is_iommu_told_ = false;
  std::set<std::string> told_groups_;
  std::optional<ModuleAliases> aliases_;  ///< once asked for
  std::vector<Message> advice_;
};

}  // namespace

std::vector<Message> advise_on_vfio(const Root& root, const Configuration& configuration,
                                    const Plan& plan) {
  return VfioAdviser(root, configuration, plan).run();
}

}  // namespace driver_override
