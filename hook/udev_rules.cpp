// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/udev_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <optional>
#include <string_view>

namespace driver_override {
namespace {

constexpr const char* folder = "run/udev/rules.d";
constexpr const char* file = "run/udev/rules.d/05-driver-override.rules";

// The events come from a property of our own, so that one call serves all lines that match. An
// event that is not the kernel's own (`udevadm trigger`) is none for a device that has its claim.
constexpr const char* head =
    "# Made by driver-override(8) for the rules of this boot: do not edit.\n"
    "ACTION!=\"add\", GOTO=\"driver_override_end\"\n";
constexpr const char* tail =
    "ENV{.DRIVER_OVERRIDE}==\"once\", ENV{SYNTH_UUID}==\"?*\", "
    "TEST==\"/run/driver-override/devices/$env{SUBSYSTEM},$kernel\", "
    "GOTO=\"driver_override_end\"\n"
    "ENV{.DRIVER_OVERRIDE}==\"?*\", PROGRAM==\"/usr/bin/driver-override apply --udev\"\n"
    "LABEL=\"driver_override_end\"\n";

bool is_plain_for_udev(char byte) {
  constexpr std::string_view plain = "._:@!+-";
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 ||
         plain.find(byte) != std::string_view::npos;
}

/// A name that stands for itself.
std::string udev_literal(std::string_view name) {
  std::string text(name);
  std::replace_if(
      text.begin(), text.end(), [](char byte) { return !is_plain_for_udev(byte); }, '?');
  return text;
}

/// A field of an address as the kernel writes it in a name, in that many digits at least.
std::string field_in_udev_rules(const Field& field, int digits) {
  if (const auto* glob = std::get_if<Glob>(&field)) return glob->outline(is_plain_for_udev);
  const auto& range = std::get<FieldRange>(field);
  if (range.low != range.high) return digits == 4 ? "*" : std::string(digits == 2 ? "??" : "?");
  std::array<char, 16> text{};
  (void)std::snprintf(text.data(), text.size(), "%0*x", digits, range.low);
  return text.data();
}

/// The first device of an address; a path leads down from it.
std::string address_in_udev_rules(const PciAddress& address) {
  return field_in_udev_rules(address.domain, 4) + ":" + field_in_udev_rules(address.bus, 2) + ":" +
         field_in_udev_rules(address.device, 2) + "." +
         (address.function ? field_in_udev_rules(*address.function, 1) : "?");
}

std::string udev_id_match(const char* attribute, std::uint16_t id) {
  if (id == 0) return {};
  std::array<char, 64> text{};
  (void)std::snprintf(text.data(), text.size(), ", ATTR{%s}==\"0x%04x\"", attribute, id);
  return text.data();
}

struct UdevMatch {
  std::string operator()(const PciAddress& address) const {
    const char* key = address.path.empty() ? "KERNEL" : "KERNELS";
    return std::string(", ") + key + "==\"" + address_in_udev_rules(address) + "\"";
  }
  std::string operator()(const PciIds& ids) const {
    return udev_id_match("vendor", ids.vendor) + udev_id_match("device", ids.device) +
           udev_id_match("subsystem_vendor", ids.subvendor) +
           udev_id_match("subsystem_device", ids.subdevice);
  }
  std::string operator()(const std::string& name) const {
    return ", KERNEL==\"" + udev_literal(name) + "\"";
  }
  std::string operator()(const Glob& glob) const {
    return ", KERNEL==\"" + glob.outline(is_plain_for_udev) + "\"";
  }
};

std::string udev_line_for(const Rule& rule, const DevicePattern& device) {
  const std::optional<std::string> name = exact_name_in_rule(device);
  return "SUBSYSTEM==\"" + udev_literal(rule.bus) + "\"" +
         (name ? UdevMatch{}(*name) : std::visit(UdevMatch{}, device.what)) +
         ", ENV{.DRIVER_OVERRIDE}=\"" + (rule.options.sticky ? "sticky" : "once") + "\"\n";
}

}  // namespace

std::string udev_rules(const std::vector<Rule>& rules) {
  std::string lines;
  // The sticky ones stand last, as a broader line behind them would undo them.
  for (const bool sticky : {false, true})
    for (const Rule& rule : rules)
      if (!rule.bad && !rule.driver.empty() && rule.options.sticky == sticky)
        for (const DevicePattern& device : rule.devices) lines += udev_line_for(rule, device);
  return lines.empty() ? lines : head + lines + tail;
}

void write_udev_rules(const Root& root, const std::vector<Rule>& rules, std::error_code& error) {
  const std::string text = udev_rules(rules);
  if (text.empty()) return root.remove(file, error);
  root.make_directories(folder, error);
  if (!error) root.replace(file, text, error, Lasting::until_reboot);
}

}  // namespace driver_override
