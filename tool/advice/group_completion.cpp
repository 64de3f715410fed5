// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/group_completion.hpp"

#include <algorithm>

#include "hook/sysfs.hpp"
#include "parser/printable.hpp"
#include "tool/machine/in_use.hpp"
#include "tool/machine/iommu.hpp"
#include "tool/machine/iommu_group.hpp"

namespace driver_override {
namespace {

class GroupCompletion {
 public:
  GroupCompletion(const Root& root, const std::set<DeviceId>& given)
      : root_(root), given_(given), in_use_(root, DiskCheck::by_reading) {}

  std::vector<Companion> run() {
    for (const DeviceId& device : given_) {
      group(device);
      consumers(device);
    }
    return std::move(companions_);
  }

 private:
  void group(const DeviceId& device) {
    const auto number = root_.link(sysfs_device_path(device), "iommu_group");
    if (!number) return;
    for (const Device& member : read_iommu_group(root_, *number))
      if (!is_harmless_in_group(member.driver.value_or("")))
        add(member.id, "shares IOMMU group " + printable(*number));
  }

  /// Device links, such as that of the sound function of a graphics card, which needs the card's
  /// power (drivers/pci/quirks.c, pci_create_device_link).
  void consumers(const DeviceId& device) {
    constexpr std::string_view start = "consumer:pci:";
    std::error_code error;
    for (const std::string& name : root_.list(sysfs_device_path(device), error)) {
      if (name.compare(0, start.size(), start) != 0) continue;
      const DeviceId consumer{"pci", name.substr(start.size())};
      if (root_.exists(sysfs_device_path(consumer))) add(consumer, "depends on " + to_text(device));
    }
  }

  void add(const DeviceId& device, std::string reason) {
    const bool is_known =
        given_.count(device) != 0 ||
        std::any_of(companions_.begin(), companions_.end(),
                    [&](const Companion& known) { return known.device == device; });
    if (!is_known) companions_.push_back({device, std::move(reason), objection_to(device)});
  }

  [[nodiscard]] std::string objection_to(const DeviceId& device) const {
    if (device.bus == "pci" && is_bridge_device(read_sysfs_device(root_, device)))
      return "is a bridge, which vfio refuses";
    const std::vector<std::string> uses = in_use_.uses(root_, device);
    return uses.empty() ? std::string() : "is in use: " + uses.front();
  }

  const Root& root_;
  const std::set<DeviceId>& given_;
  InUse in_use_;
  std::vector<Companion> companions_;
};

}  // namespace

std::vector<Companion> companions_in_group(const Root& root, const std::set<DeviceId>& given) {
  return GroupCompletion(root, given).run();
}

}  // namespace driver_override
