// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/rule.hpp"

#include <array>
#include <cstdio>

namespace driver_override {
namespace {

std::optional<unsigned> single_number(const Field& field) {
  const auto* range = std::get_if<FieldRange>(&field);
  if (range == nullptr || range->low != range->high) return std::nullopt;
  return range->low;
}

std::optional<std::string> exact_address(const PciAddress& address) {
  if (!address.function) return std::nullopt;
  const auto domain = single_number(address.domain);
  const auto bus = single_number(address.bus);
  const auto device = single_number(address.device);
  const auto function = single_number(*address.function);
  if (!domain || !bus || !device || !function) return std::nullopt;
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), "%04x:%02x:%02x.%x", *domain, *bus, *device,
                      *function);
  return text.data();
}

bool is_glob(const Field& field) {
  return std::holds_alternative<Glob>(field);
}

}  // namespace

bool has_wildcard(const DevicePattern& pattern) {
  if (const auto* address = std::get_if<PciAddress>(&pattern.what))
    return is_glob(address->domain) || is_glob(address->bus) || is_glob(address->device) ||
           (address->function && is_glob(*address->function));
  return std::holds_alternative<Glob>(pattern.what);
}

std::optional<std::string> exact_name(const DevicePattern& pattern) {
  if (const auto* name = std::get_if<std::string>(&pattern.what)) return *name;
  if (const auto* address = std::get_if<PciAddress>(&pattern.what)) return exact_address(*address);
  return std::nullopt;
}

}  // namespace driver_override
