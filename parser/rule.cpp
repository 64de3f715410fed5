// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/rule.hpp"

#include <algorithm>

#include "parser/name.hpp"
#include "parser/pci_slot.hpp"

namespace driver_override {
namespace {

std::optional<unsigned> single_number_in_rule(const Field& field) {
  const auto* range = std::get_if<FieldRange>(&field);
  if (range == nullptr || range->low != range->high) return std::nullopt;
  return range->low;
}

std::optional<std::string> exact_address_in_rule(const PciAddress& address) {
  if (!address.function || !address.path.empty()) return std::nullopt;
  const auto domain = single_number_in_rule(address.domain);
  const auto bus = single_number_in_rule(address.bus);
  const auto device = single_number_in_rule(address.device);
  const auto function = single_number_in_rule(*address.function);
  if (!domain || !bus || !device || !function) return std::nullopt;
  return to_text(PciSlot{*domain, *bus, *device, *function});
}

bool is_spelled_out(const PciStep& step) {
  return single_number_in_rule(step.device) &&
         (!step.function || single_number_in_rule(*step.function));
}

bool is_spelled_out(const PciAddress& address) {
  return single_number_in_rule(address.domain) && single_number_in_rule(address.bus) &&
         is_spelled_out(PciStep{address.device, address.function}) &&
         std::all_of(address.path.begin(), address.path.end(),
                     [](const PciStep& step) { return is_spelled_out(step); });
}

}  // namespace

bool is_rule_pattern(const DevicePattern& device) {
  if (const auto* address = std::get_if<PciAddress>(&device.what)) return !is_spelled_out(*address);
  return !std::holds_alternative<std::string>(device.what);
}

bool is_open_pattern(const DevicePattern& device) {
  const auto* ids = std::get_if<PciIds>(&device.what);
  return ids != nullptr ? ids->vendor == 0 || ids->device == 0 : is_rule_pattern(device);
}

std::optional<std::string> exact_name_in_rule(const DevicePattern& pattern) {
  if (const auto* name = std::get_if<std::string>(&pattern.what)) return *name;
  if (const auto* address = std::get_if<PciAddress>(&pattern.what))
    return exact_address_in_rule(*address);
  return std::nullopt;
}

bool is_rule_on_trial(const Rule& rule) {
  return !rule.bad && rule.options.trial;
}

bool names_slot_in_rule(const DevicePattern& pattern) {
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
  if (options.trial) text += ",trial";
  return text;
}

std::string to_text(const Rule& rule) {
  std::string text = encode_bus_name(rule.bus);
  for (const DevicePattern& device : rule.devices) text.append(",").append(device.text);
  return text + "=" + encode_name(rule.driver) + to_text(rule.options);
}

}  // namespace driver_override
