// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/naming.hpp"

#include "hook/match.hpp"

namespace driver_override {
namespace {

/// The class is compared as text, "030000" say, with the rule's first digits.
bool class_fits(const Rule& rule, const Device& device) {
  const std::string& prefix = rule.options.class_prefix;
  if (prefix.empty() || rule.bad) return true;
  return device.pci_class && pci_class_digits(*device.pci_class).starts_with(prefix);
}

Naming naming_by_part(const DevicePattern& part, const Device& device) {
  if (!names(part, device)) return Naming::not_named;
  if (is_rule_pattern(part)) return Naming::by_pattern;
  return exact_name_in_rule(part) ? Naming::exactly : Naming::spelled_out;
}

}  // namespace

bool may_rule_name(const Rule& rule, const Device& device) {
  return rule.bus == device.id.bus && class_fits(rule, device);
}

Named strongest_naming(const Rule& rule, const Device& device) {
  Named named;
  if (!may_rule_name(rule, device)) return named;
  for (const DevicePattern& part : rule.devices)
    if (const Naming how = naming_by_part(part, device); how > named.how) named = {how, &part};
  return named;
}

}  // namespace driver_override
