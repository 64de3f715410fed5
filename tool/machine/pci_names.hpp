// SPDX-License-Identifier: LGPL-2.1-or-later
// What a PCI device is called, from the pci.ids of the root. Names come out as the file has them:
// who shows one passes it through printable() or as_utf8().
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "hook/root.hpp"
#include "parser/pci_ids.hpp"

namespace driver_override {

/// Names of PCI devices. Of the file, which is above a megabyte, only what is asked for is kept.
class PciNames {
 public:
  using Model = std::pair<std::uint16_t, std::uint16_t>;  ///< vendor and device

  /// Reads usr/share/hwdata/pci.ids, or, if that is no readable file usr/share/misc/pci.ids;
  /// without either every description is empty. Any bytes are accepted.
  PciNames(const Root& root, const std::set<Model>& wanted);

  /// "NVIDIA Corporation GA102 [GeForce RTX 3090]". If the file does not have the device, its
  /// class stands in the device's place ("NVIDIA Corporation VGA compatible controller"); what is
  /// not known at all is left out.
  /// \param ids        of a device that was asked for
  /// \param pci_class  24 bits, as in Device::pci_class
  [[nodiscard]] std::string describe(const PciIds& ids,
                                     std::optional<std::uint32_t> pci_class = std::nullopt) const;

  /// The same without the vendor: "GeForce RTX 3090". Of a display device what stands in brackets
  /// alone, as that is what it is sold as.
  [[nodiscard]] std::string model_name(const PciIds& ids,
                                       std::optional<std::uint32_t> pci_class) const;

 private:
  enum class Section { none, vendor, classes };

  void take(std::string_view line, const std::set<Model>& wanted);
  void take_top(std::string_view line, const std::set<Model>& wanted);
  void take_nested(std::string_view line, const std::set<Model>& wanted);
  [[nodiscard]] std::string class_name(std::uint32_t pci_class) const;

  std::map<std::uint16_t, std::string> vendors_;
  std::map<Model, std::string> devices_;
  std::map<std::uint16_t, std::string> classes_;      ///< by base class
  std::map<std::uint16_t, std::string> sub_classes_;  ///< by base class and sub-class

  Section section_ = Section::none;  ///< where reading is
  std::uint16_t heading_ = 0;        ///< the vendor or base class there
};

}  // namespace driver_override
