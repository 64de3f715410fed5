// SPDX-License-Identifier: LGPL-2.1-or-later
// Which devices are shown is decided here; how, in tool/view.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "hook/sysfs.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/commands/commands.hpp"
#include "tool/machine/device_class.hpp"
#include "tool/machine/device_paths.hpp"
#include "tool/machine/node_names.hpp"
#include "tool/machine/overridable_devices.hpp"
#include "tool/view/device_sheet.hpp"
#include "tool/view/device_table.hpp"
#include "tool/view/group_view.hpp"
#include "tool/view/json.hpp"
#include "tool/view/messages.hpp"
#include "tool/view/terminal.hpp"
#include "tool/view/tree_view.hpp"

namespace driver_override {
namespace {

using Devices = std::vector<ListedDevice>;

/// True if a folder can be listed, or is not there; else says why it cannot.
bool is_listable(const Root& root, const std::string& folder) {
  std::error_code error;
  (void)root.list(folder, error);
  if (!error || error == std::errc::no_such_file_or_directory) return true;
  print_error("/" + folder + ": " + error.message());
  return false;
}

/// Says which buses cannot be read: their devices are missing from the list. True if none.
bool are_buses_listable(const Root& root) {
  constexpr const char* buses = "sys/bus";
  bool all = is_listable(root, buses);
  if (all && !root.exists(buses))
    print_message({Severity::note, "there is no /sys/bus", "is /sys mounted?"});
  for (const std::string& bus : read_overridable_buses(root))
    all = is_listable(root, std::string(buses).append("/").append(bus) + "/devices") && all;
  return all;
}

Devices read_listed(const Root& root) {
  const std::vector<Device> devices = read_overridable_devices(root);
  const std::map<DeviceId, Details> details = read_device_details(root, devices);
  const auto names = read_node_names(root);
  Devices all;
  for (const Device& device : devices) {
    const auto named = names.find(device.id);
    all.push_back({device, details.at(device.id),
                   named == names.end() ? std::vector<std::string>() : named->second});
  }
  return all;
}

/// What the words on the command line ask for.
struct Selection {
  std::set<DeviceId> devices;
  bool names_devices_alone = true;  ///< each word names a device: all of them is of interest
  bool is_sound = true;             ///< every word means something
};

/// The hint for a word that means nothing.
std::string list_hint(const Root& root, const std::string& word) {
  if (const std::string_view nearest = nearest_device_class(word); !nearest.empty())
    return "did you mean " + in_quotes(nearest) + "?";
  std::string buses;
  for (const std::string& bus : read_overridable_buses(root))
    buses += (buses.empty() ? "" : ", ") + bus;
  return "write a bus (" + printable(buses) + "), a class (VGA, NVMe, 0c03), or a device";
}

/// Adds what one word means: a bus, a class, or devices, in this order.
void select_listed(const Root& root, const Devices& all, const std::string& word,
                   Selection& selection) {
  const std::vector<std::string> buses = read_overridable_buses(root);
  const bool is_bus = std::find(buses.begin(), buses.end(), word) != buses.end();
  if (is_bus || may_be_class(word)) {
    selection.names_devices_alone = false;
    for (const ListedDevice& one : all)
      if (is_bus ? one.device.id.bus == word
                 : one.device.pci_class && is_class(*one.device.pci_class, word))
        selection.devices.insert(one.device.id);
    return;
  }
  std::string error;
  const std::vector<DeviceId> found = find_devices_at_path(root, word, error);
  selection.devices.insert(found.begin(), found.end());
  if (!found.empty()) return;
  selection.is_sound = false;
  print_error("there is no bus, class or device " + in_quotes(word), list_hint(root, word));
}

void print_list(const Terminal& terminal, const Devices& devices) {
  std::vector<TableRow> rows;
  for (const ListedDevice& one : devices)
    rows.push_back({rule_name_of_device(one.device.id), &one});
  print_device_table(terminal, rows, 0, true);
}

void print_listed_sheets(const Root& root, const Terminal& terminal, const Devices& devices) {
  const ModuleAliases aliases(root);
  for (const ListedDevice& one : devices) print_sheet(root, terminal, one, aliases);
}

void print_listed(const Root& root, const ListOptions& options, const Devices& all,
                  const Devices& wanted, bool as_sheets) {
  const Terminal terminal(STDOUT_FILENO);
  if (options.json)
    std::printf("%s\n", json_of_list(wanted).c_str());
  else if (options.groups)
    print_groups(root, terminal, all, wanted);
  else if (options.tree)
    print_tree(root, terminal, all, wanted);
  else if (as_sheets)
    print_listed_sheets(root, terminal, wanted);
  else
    print_list(terminal, wanted);
}

}  // namespace

Exit list(const ListOptions& options) {
  const Root root(options.root);
  bool is_whole = are_buses_listable(root);
  const Devices all = read_listed(root);
  Selection selection;
  for (const std::string& word : options.words) select_listed(root, all, word, selection);
  is_whole = is_whole && selection.is_sound;
  Devices wanted;
  std::copy_if(all.begin(), all.end(), std::back_inserter(wanted), [&](const ListedDevice& one) {
    return (options.words.empty() || selection.devices.count(one.device.id) != 0) &&
           (!options.overridden || !one.details.override_name.empty());
  });
  const bool as_sheets = !options.words.empty() && selection.names_devices_alone;
  print_listed(root, options, all, wanted, as_sheets);
  return is_whole ? Exit::done : Exit::failed;
}

}  // namespace driver_override
