// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/driver_names.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <vector>

#include "hook/driver_table.hpp"
#include "hook/modules.hpp"
#include "parser/printable.hpp"
#include "parser/rule.hpp"
#include "parser/spelling.hpp"
#include "tool/machine/kernel_modules.hpp"
#include "tool/machine/module_drivers.hpp"

namespace driver_override {
namespace {

/// Drivers whose module has their own name, which the table leaves out.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> common_drivers = {
    {{"pci", "vfio-pci"},
     {"pci", "pci-stub"},
     {"pci", "uio_pci_generic"},
     {"pci", "snd_hda_intel"},
     {"pci", "nouveau"},
     {"pci", "amdgpu"},
     {"platform", "vfio-platform"},
     {"fsl-mc", "vfio-fsl-mc"},
     {"css", "vfio_ccw"},
     {"vmbus", "uio_hv_generic"}}};

using Names = std::vector<std::string>;

std::string driver_name_hint(std::string_view name) {
  return "did you mean " + in_quotes(name) + "?";
}

/// "a", "b" and "c", each in quotes.
std::string enumerated_drivers(const Names& names) {
  std::string text;
  for (std::size_t at = 0; at < names.size(); ++at)
    text += (at == 0 ? "" : at + 1 == names.size() ? " and " : ", ") + in_quotes(names[at]);
  return text;
}

Names known_drivers(const Root& root, const std::string& bus) {
  std::error_code error;
  Names names = root.list("sys/bus/" + bus + "/drivers", error);
  for (const auto& [of_bus, driver] : common_drivers)
    if (of_bus == bus) names.emplace_back(driver);
  std::string_view table = driver_table(bus);
  while (!table.empty()) {
    const std::string_view line = table.substr(0, table.find('\n'));
    names.emplace_back(line.substr(0, line.find('=')));
    table.remove_prefix(std::min(line.size() + 1, table.size()));
  }
  return names;
}

/// A driver's name is compared letter by letter, while a module's may have `-` or `_`: the slip is
/// accepted by the kernel, and the device binds to nothing.
std::string driver_with_other_marks(const Names& drivers, const std::string& driver) {
  for (const std::string& known : drivers)
    if (normalised_module(known) == normalised_module(driver)) return known;
  return {};
}

/// A name that is a module's, and no driver's of it.
std::optional<Message> driver_name_of_module(const Root& root, const KernelModules& modules,
                                             const NamedDriver& named) {
  const std::string& driver = named.driver;
  if (normalised_module(named.module) != normalised_module(driver)) return std::nullopt;
  const ModuleDrivers held = read_module_drivers(root, named.bus, driver);
  if (!held.names.empty())
    return Message{Severity::warning, in_quotes(driver) + " is a module, not a driver",
                   (held.names.size() == 1 ? "its driver is " : "its drivers are ") +
                       enumerated_drivers(held.names)};
  const std::string with_bus = driver + "-" + named.bus;
  const bool is_common = std::any_of(common_drivers.begin(), common_drivers.end(),
                                     [&](const auto& common) { return common.second == with_bus; });
  if (held.is_there || is_common)
    return Message{Severity::warning,
                   in_quotes(driver) + " is a module without a driver of that name",
                   is_common || modules.has(with_bus) ? driver_name_hint(with_bus) : std::string()};
  return std::nullopt;
}

/// True if one word is so much like the other that it is no other driver's name: drivers of one
/// family differ in their numbers, as mt7915e and mt7921e do.
bool is_slip_of_driver_name(std::string_view word, std::string_view known) {
  constexpr std::size_t long_enough = 6;
  const auto digits = [](std::string_view text) {
    std::string found;
    std::copy_if(text.begin(), text.end(), std::back_inserter(found),
                 [](char byte) { return byte >= '0' && byte <= '9'; });
    return found;
  };
  return word.size() >= long_enough && spelling_distance(word, known) <= 1 &&
         digits(word) == digits(known);
}

/// The driver that is nearest to a name; empty if none is near. If it is not known which modules
/// the kernel has, the name may be that of a driver which is not known here.
std::string_view nearest_driver_name(const NamedDriver& named, const Names& drivers,
                                     bool are_modules_known) {
  std::vector<std::string_view> names;
  // The common ones first: of two that are as near, one of them is meant.
  for (const auto& [bus, common] : common_drivers)
    if (bus == named.bus) names.push_back(common);
  for (const std::string& driver : drivers)
    if (are_modules_known || is_slip_of_driver_name(named.driver, driver)) names.push_back(driver);
  return nearest_word(named.driver, names);
}

}  // namespace

bool is_registered_driver_name(const Root& root, const NamedDriver& named) {
  return root.exists("sys/bus/" + named.bus + "/drivers/" + named.driver);
}

std::optional<Message> doubt_driver_name(const Root& root, const NamedDriver& named) {
  const std::string& driver = named.driver;
  if (driver.empty() || driver == no_driver || is_registered_driver_name(root, named))
    return std::nullopt;
  const Names drivers = known_drivers(root, named.bus);
  if (std::find(drivers.begin(), drivers.end(), driver) != drivers.end()) return std::nullopt;
  const std::string text = "there is no driver " + in_quotes(driver);
  if (const std::string known = driver_with_other_marks(drivers, driver); !known.empty())
    return Message{Severity::warning, text, driver_name_hint(known)};
  const KernelModules modules(root);
  if (auto doubt = driver_name_of_module(root, modules, named)) return doubt;
  if (modules.has(named.module)) return std::nullopt;
  if (!find_drivers(driver_table(named.bus), driver).empty()) return std::nullopt;
  const std::string_view nearest = nearest_driver_name(named, drivers, modules.known());
  if (nearest.empty()) return std::nullopt;
  return Message{Severity::warning, text, driver_name_hint(nearest)};
}

}  // namespace driver_override
