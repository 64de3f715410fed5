// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/rule.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "parser/name.hpp"

namespace driver_override {
namespace {

std::optional<unsigned> single_number(const Field& field) {
  const auto* range = std::get_if<FieldRange>(&field);
  if (range == nullptr || range->low != range->high) return std::nullopt;
  return range->low;
}

std::optional<std::string> exact_address(const PciAddress& address) {
  if (!address.function || !address.path.empty()) return std::nullopt;
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

bool is_glob(const std::optional<Field>& field) {
  return field && is_glob(*field);
}

bool has_glob(const PciAddress& address) {
  return is_glob(address.domain) || is_glob(address.bus) || is_glob(address.device) ||
         is_glob(address.function) ||
         std::any_of(address.path.begin(), address.path.end(), [](const PciStep& step) {
           return is_glob(step.device) || is_glob(step.function);
         });
}

bool is_single(const std::optional<Field>& field) {
  return !field || single_number(*field);
}

bool spells_out(const PciAddress& address) {
  return is_single(address.domain) && is_single(address.bus) && is_single(address.device) &&
         is_single(address.function) &&
         std::all_of(address.path.begin(), address.path.end(), [](const PciStep& step) {
           return is_single(step.device) && is_single(step.function);
         });
}

}  // namespace

bool has_wildcard(const DevicePattern& pattern) {
  if (const auto* address = std::get_if<PciAddress>(&pattern.what)) return has_glob(*address);
  if (const auto* ids = std::get_if<PciIds>(&pattern.what))
    return ids->vendor == 0 || ids->device == 0;
  return std::holds_alternative<Glob>(pattern.what);
}

bool is_pattern(const DevicePattern& pattern) {
  if (const auto* address = std::get_if<PciAddress>(&pattern.what)) return !spells_out(*address);
  return !std::holds_alternative<std::string>(pattern.what);
}

std::optional<std::string> exact_name(const DevicePattern& pattern) {
  if (const auto* name = std::get_if<std::string>(&pattern.what)) return *name;
  if (const auto* address = std::get_if<PciAddress>(&pattern.what)) return exact_address(*address);
  return std::nullopt;
}

bool names_slot(const DevicePattern& pattern) {
  const auto* address = std::get_if<PciAddress>(&pattern.what);
  if (address == nullptr) return false;
  return address->path.empty() ? !address->function : !address->path.back().function;
}

std::string to_text(const Options& options) {
  std::string text;
  if (!options.id_text.empty()) text.append(",id=").append(options.id_text);
  if (!options.class_prefix.empty()) text.append(",class=").append(options.class_prefix);
  if (!options.module.empty()) text.append(",module=").append(encode_name(options.module));
  if (options.sticky) text += ",sticky";
  if (options.norebind) text += ",norebind";
  return text;
}

std::string to_text(const Rule& rule) {
  std::string text = encode_name(rule.bus);
  for (const DevicePattern& device : rule.devices) text.append(",").append(device.text);
  return text + "=" + encode_name(rule.driver) + to_text(rule.options);
}

}  // namespace driver_override
