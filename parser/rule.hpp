// SPDX-License-Identifier: LGPL-2.1-or-later
// The rule language as data. What a rule means lives in hook/match and hook/plan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "parser/glob.hpp"
#include "parser/pci_ids.hpp"
#include "parser/span.hpp"

namespace driver_override {

/// A field of a PCI address: one number, a range of them (both ends belong to it), or a pattern
/// that is compared with the canonical, zero-padded, lower-case text.
struct FieldRange {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
};
using Field = std::variant<FieldRange, Glob>;

/// A step down through a bridge: `/device[.function]` on the bus behind it.
struct PciStep {
  Field device;                   ///< 0 to 0x1f
  std::optional<Field> function;  ///< 0 to 7; none is every function
};

/// `[domain:]bus:device[.function]`, and a path down from there. A left-out function is every
/// function.
struct PciAddress {
  Field domain;                   ///< up to 32 bits: VMD domains start at 0x10000
  Field bus;                      ///< 0 to 0xff
  Field device;                   ///< 0 to 0x1f
  std::optional<Field> function;  ///< 0 to 7
  std::vector<PciStep> path;      ///< empty: the address is the device's own
};

/// A device as a rule names it.
struct DevicePattern {
  std::string text;  ///< as it was written
  Span span;
  /// on pci an address or ids; elsewhere a full name or a pattern of names
  std::variant<PciAddress, PciIds, std::string, Glob> what;
};

/// What stands behind the driver. Absent ones are empty.
struct Options {
  std::optional<PciIds> id;  ///< a guard: the device must be this card
  std::string id_text;       ///< as it was written
  std::string class_prefix;  ///< a filter: 2, 4 or 6 lower-case digits of the class
  std::string module;        ///< the module's name, if it differs from the driver's
  bool sticky = false;       ///< applies to every new device of that name
  bool norebind = false;     ///< leaves a device alone that has a driver
  bool trial = false;        ///< holds in one boot, until somebody confirms it
};

/// Which earlier rules a bad rule holds back, as it may have been their exception. A rule that is
/// held back takes only what it names by one exact name.
enum class Reach {
  its_devices,  ///< none: all that the rule names could be read
  its_bus,      ///< those on the rule's bus; on every bus if the system has no such bus
  every_bus
};

/// One rule. A rule that could not be read stays in its place as a bad one: the devices that it
/// names are left alone, and earlier rules are held back as far as it reaches.
struct Rule {
  std::string text;  ///< as it was written; of text that was lost, what stands for it
  Span span;
  std::string bus;                     ///< decoded; empty only in a bad rule: it could not be read
  std::vector<DevicePattern> devices;  ///< of a bad rule those that could be read
  std::string driver;                  ///< decoded; empty: exempts the devices from earlier rules
  Options options;
  bool bad = false;
  bool lost = false;  ///< bad, and no rule was seen: it stands for text that could not be read
  Reach reach = Reach::its_devices;  ///< of a bad rule
};

/// The driver name that keeps a device without a driver.
constexpr const char* no_driver = "none";

/// True for a pattern in the narrow sense: `*`, `?`, `[set]`, a range, or ids. What is spelled out
/// names one device or one card: a full address, a slot (its function left out), a path of these, a
/// full name.
bool is_rule_pattern(const DevicePattern& device);

/// True for what is written for whatever may be there: a pattern, but not the ids of one kind of
/// card.
bool is_open_pattern(const DevicePattern& device);

/// The device's name in sysfs if the pattern can name only one device; else none. A PCI address
/// is written as the kernel does: `%04x:%02x:%02x.%x` (drivers/pci/probe.c, pci_setup_device).
std::optional<std::string> exact_name_in_rule(const DevicePattern& pattern);

/// True for a good rule that holds only once it is confirmed.
bool is_rule_on_trial(const Rule& rule);

/// True if the pattern leaves the function out, and so names a whole card.
bool names_slot_in_rule(const DevicePattern& pattern);

/// The options as they stand behind the driver, each with its comma in front; empty if none is
/// given.
std::string to_text(const Options& options);

/// Prints a rule so that parse_rules() reads the same rule back.
std::string to_text(const Rule& rule);

}  // namespace driver_override
