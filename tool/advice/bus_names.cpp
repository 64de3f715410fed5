// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/bus_names.hpp"

#include <algorithm>
#include <array>

#include "parser/override_buses.hpp"
#include "parser/printable.hpp"
#include "parser/spelling.hpp"

namespace driver_override {
namespace {

/// Buses of the kernel without the attribute driver_override.
constexpr std::array<std::string_view, 17> other_buses = {
    "acpi", "ccw",         "hid",  "i2c",   "i3c",  "mdio_bus", "mmc",    "nd",  "pci_express",
    "pnp",  "thunderbolt", "sdio", "serio", "spmi", "usb",      "virtio", "scsi"};

/// Classes, which hold what a device's driver makes, and words for them.
constexpr std::array<std::string_view, 11> classes = {
    "net", "block", "drm", "sound", "nvme", "input", "disk", "gpu", "graphics", "tty", "eth"};

template <typename Words>
bool holds_bus_name(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::optional<Message> doubt_bus(std::string_view bus) {
  if (bus.empty() || is_override_bus(bus)) return std::nullopt;
  if (holds_bus_name(other_buses, bus))
    return Message{Severity::warning, "devices of the bus " + in_quotes(bus) + " take no override",
                   no_override_hint(bus)};
  if (holds_bus_name(classes, bus))
    return Message{
        Severity::warning, in_quotes(bus) + " is a class of devices, not a bus",
        "\"driver-override suggest NAME DRIVER\" prints a rule for the device behind it"};
  const std::string_view nearest =
      nearest_word(bus, {override_buses.begin(), override_buses.end()});
  if (nearest.empty()) return std::nullopt;
  return Message{Severity::warning, "unknown bus " + in_quotes(bus),
                 "did you mean " + in_quotes(nearest) + "?"};
}

std::string no_override_hint(std::string_view bus) {
  if (bus == "usb" || bus == "scsi" || bus == "mmc" || bus == "hid" || bus == "virtio")
    return "name the controller that it hangs on, most often on the bus pci; \"driver-override "
           "list\" shows what takes one";
  return "\"driver-override list\" shows what takes one";
}

}  // namespace driver_override
