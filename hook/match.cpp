// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/match.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace driver_override {
namespace {

/// A number as the kernel pads it in a name.
class Padded {
 public:
  /// \param digits  how many the kernel writes at least
  Padded(std::uint32_t number, std::size_t digits) {
    constexpr std::string_view hex = "0123456789abcdef";
    for (std::size_t written = 0; written < digits || number != 0; ++written, number >>= 4U)
      text_.at(--begin_) = hex[number & 15U];
  }
  [[nodiscard]] std::string_view text() const {
    return std::string_view(text_.data(), text_.size()).substr(begin_);
  }

 private:
  std::array<char, 8> text_{};
  std::size_t begin_ = 8;
};

/// \param digits  how many the kernel writes at least
bool matches(const Field& field, std::uint32_t number, std::size_t digits) {
  if (const auto* range = std::get_if<FieldRange>(&field))
    return range->low <= number && number <= range->high;
  return std::get<Glob>(field).matches(Padded(number, digits).text());
}

bool matches_step(const PciStep& step, const PciSlot& slot) {
  return matches(step.device, slot.device, 2) &&
         (!step.function || matches(*step.function, slot.function, 1));
}

/// Matches the address without its path.
bool matches_address(const PciAddress& address, const PciSlot& slot) {
  return matches(address.domain, slot.domain, 4) && matches(address.bus, slot.bus, 2) &&
         matches(address.device, slot.device, 2) &&
         (!address.function || matches(*address.function, slot.function, 1));
}

/// The last step is the device, the address is the bridge above the first step
/// (drivers/pci/pci.c, pci_dev_str_match_path).
bool matches_path(const PciAddress& address, const std::vector<PciSlot>& chain) {
  const std::size_t steps = address.path.size();
  if (chain.size() <= steps) return false;
  const std::size_t top = chain.size() - 1 - steps;
  for (std::size_t i = 0; i < steps; ++i)
    if (!matches_step(address.path[i], chain[top + 1 + i])) return false;
  return matches_address(address, chain[top]);
}

}  // namespace

bool names(const DevicePattern& pattern, const Device& device) {
  if (const auto* address = std::get_if<PciAddress>(&pattern.what))
    return address->path.empty() ? device.slot && matches_address(*address, *device.slot)
                                 : matches_path(*address, device.chain);
  if (const auto* ids = std::get_if<PciIds>(&pattern.what))
    return device.ids && ids_match(*ids, *device.ids);
  if (const auto* glob = std::get_if<Glob>(&pattern.what)) return glob->matches(device.id.name);
  return std::get<std::string>(pattern.what) == device.id.name;
}

bool needs_more_than_name(const DevicePattern& pattern) {
  const auto* address = std::get_if<PciAddress>(&pattern.what);
  return std::holds_alternative<PciIds>(pattern.what) ||
         (address != nullptr && !address->path.empty());
}

}  // namespace driver_override
