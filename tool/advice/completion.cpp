// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/completion.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "hook/sysfs.hpp"
#include "parser/name.hpp"
#include "parser/rule.hpp"
#include "parser/rule_options.hpp"
#include "tool/machine/device_paths.hpp"
#include "tool/machine/node_names.hpp"
#include "tool/machine/overridable_devices.hpp"

namespace driver_override {
namespace {

constexpr std::string_view parameter = "driver_override=";
constexpr std::string_view kernel_domain = "0000:";

/// A name as sysfs has it; empty if no bus can be called so.
std::string decoded_completion(std::string_view name) {
  Parsed<std::string> parsed = parse_name(name, 0, "bus");
  const auto* text = std::get_if<std::string>(&parsed);
  return text == nullptr ? std::string() : *text;
}

class Completion {
 public:
  Completion(const Root& root, std::string_view typed) : root_(root), typed_(typed) {}

  /// Takes a word if it begins with what is typed.
  void add(std::string word, std::string note = {}) {
    if (word.starts_with(typed_)) found_.push_back({std::move(word), std::move(note)});
  }

  void rule(std::string_view text) {
    const std::string before(typed_.substr(0, typed_.size() - text.size()));
    const std::size_t comma = text.find(',');
    const std::size_t equals = text.find('=');
    if (comma == std::string_view::npos) return add_buses(before, ",");
    const std::string bus = decoded_completion(text.substr(0, comma));
    if (equals == std::string_view::npos) return add_parts(bus);
    const std::size_t option = text.rfind(',');
    if (option < equals) return add_drivers(bus, up_to(typed_.size() - text.size() + equals + 1));
    for (const std::string& one : rule_option_beginnings())
      add(up_to(typed_.size() - text.size() + option + 1) + one);
  }

  /// Devices as every command names them: by bus and name; on pci, the address alone will do.
  void devices() {
    for (const Device& device : all_devices()) {
      const std::string note = note_of(device);
      const bool is_pci = device.id.bus == "pci";
      if (is_pci) add_address("", device, "", note);
      if (!is_pci || typed_.starts_with("pci,")) add(rule_name_of_device(device.id), note);
    }
    for (const auto& [device, names] : node_names())
      for (const std::string& name : names)
        if (root_.exists("sys/class/net/" + name)) add(name, to_text(device));
  }

  void add_buses(const std::string& before, const std::string& after) {
    std::set<std::string> buses;
    for (const Device& device : all_devices()) buses.insert(device.id.bus);
    for (const std::string& bus : buses) {
      std::string word = before;
      add(word.append(encode_name(bus)).append(after));
    }
  }

  void add_drivers(const std::string& bus, const std::string& before) {
    std::error_code error;
    for (const std::string& driver : root_.list("sys/bus/" + bus + "/drivers", error))
      add(before + encode_name(driver));
    add(before + no_driver, "no driver");
  }

  std::vector<Candidate> result() && {
    const auto by_word = [](const Candidate& one, const Candidate& other) {
      return one.word < other.word;
    };
    std::sort(found_.begin(), found_.end(), by_word);
    return std::move(found_);
  }

 private:
  [[nodiscard]] std::string up_to(std::size_t end) const {
    return std::string(typed_.substr(0, end));
  }

  /// A device of a rule, behind its last comma.
  void add_parts(const std::string& bus) {
    const std::string before = up_to(typed_.rfind(',') + 1);
    for (const Device& device : all_devices()) {
      if (device.id.bus != bus) continue;
      if (bus == "pci")
        add_address(before, device, "=", note_of(device));
      else
        add(before + encode_name(device.id.name) + "=", note_of(device));
    }
  }

  /// The address in full or, if that is not what is typed, without the domain 0000.
  void add_address(const std::string& before, const Device& device, const std::string& after,
                   const std::string& note) {
    const std::string& name = device.id.name;
    const bool is_short = !(before + name).starts_with(typed_) && name.starts_with(kernel_domain);
    add(before + (is_short ? name.substr(kernel_domain.size()) : name) + after, note);
  }

  std::string note_of(const Device& device) {
    std::string note = device.driver.value_or("no driver");
    if (const auto names = node_names().find(device.id); names != node_names().end())
      for (const std::string& name : names->second) note += ", " + name;
    return note;
  }

  const std::vector<Device>& all_devices() {
    if (!devices_) devices_ = read_overridable_devices(root_);
    return *devices_;
  }

  const std::map<DeviceId, std::vector<std::string>>& node_names() {
    if (!node_names_) node_names_ = read_node_names(root_);
    return *node_names_;
  }

  const Root& root_;
  std::string_view typed_;
  std::optional<std::vector<Device>> devices_{};
  std::optional<std::map<DeviceId, std::vector<std::string>>> node_names_{};
  std::vector<Candidate> found_{};
};

/// The drivers of the buses that the devices before it are on.
void add_drivers_of(const Root& root, const std::vector<std::string>& words,
                    Completion& completion) {
  std::set<std::string> buses;
  std::string error;
  for (const std::string& word : words)
    for (const DeviceId& device : find_devices_at_path(root, word, error)) buses.insert(device.bus);
  for (const std::string& bus : buses) completion.add_drivers(bus, {});
}

}  // namespace

std::vector<Candidate> complete_word(const Root& root, WordKind kind,
                                     const std::vector<std::string>& before,
                                     std::string_view typed) {
  Completion completion(root, typed);
  if (kind == WordKind::rule) {
    if (typed.starts_with(parameter)) typed.remove_prefix(parameter.size());
    completion.rule(typed);
  } else {
    completion.devices();
  }
  if (kind == WordKind::device_or_bus) completion.add_buses({}, {});
  if (kind == WordKind::device_or_driver) add_drivers_of(root, before, completion);
  return std::move(completion).result();
}

}  // namespace driver_override
