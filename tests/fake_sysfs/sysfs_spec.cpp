// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads the description of a fake sysfs. The statements are listed in sysfs_spec.hpp: keep both
// the same.
#include "tests/fake_sysfs/sysfs_spec.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "tests/fake_sysfs/notation.hpp"

namespace fake_sysfs {
namespace {

using Words = std::vector<std::string_view>;

std::invalid_argument error_output(std::string_view what, std::string_view word) {
  return std::invalid_argument(std::string(what) + ": " + std::string(word));
}

void expect_words(const Words& words, std::size_t least, std::size_t most) {
  if (words.size() < least) throw error_output("too few words for", words.front());
  if (words.size() > most) throw error_output("unexpected word", words[most]);
}

std::string parse_name(std::string_view text) {
  std::string name = unescape(text);
  const bool is_bad = name.empty() || name == "." || name == ".." ||
                      name.find('/') != std::string::npos || name.find('\0') != std::string::npos;
  if (is_bad) throw error_output("sysfs cannot hold this name", text);
  return name;
}

/// Names with `/` between them; empty for none.
std::string parse_folders(std::string_view text) {
  std::string folders;
  while (!text.empty()) {
    const std::size_t slash = text.find('/');
    folders += "/" + parse_name(text.substr(0, slash));
    text.remove_prefix(std::min(slash, text.size() - 1) + 1);
  }
  return folders;
}

std::vector<std::string> parse_names(std::string_view text) {
  std::vector<std::string> names;
  while (true) {
    const std::size_t comma = text.find(',');
    names.push_back(parse_name(text.substr(0, comma)));
    if (comma == std::string_view::npos) return names;
    text.remove_prefix(comma + 1);
  }
}

unsigned parse_number(std::string_view text) {
  unsigned number = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end) throw error_output("expected a number", text);
  return number;
}

int parse_errno(std::string_view text) {
  const std::optional<int> error = errno_value(text);
  if (!error) throw error_output("unknown error name", text);
  return *error;
}

/// `KEY=VALUE`; the value of a bare KEY is empty.
struct Option {
  std::string_view key;
  std::string_view value;
  bool has_value = false;
};

Option split_option(std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) return {word, {}, false};
  return {word.substr(0, equals), word.substr(equals + 1), true};
}

BusSpec parse_bus(const Words& words) {
  expect_words(words, 2, words.size());
  BusSpec bus{.name = parse_name(words[1])};
  for (auto word = words.begin() + 2; word != words.end(); ++word) {
    if (*word == "no-override") {
      bus.has_override = false;
    } else if (*word == "unset-is-empty") {
      bus.unset_is_empty = true;
    } else {
      throw error_output("unknown option of a bus", *word);
    }
  }
  return bus;
}

void apply_driver_flag(DriverSpec& driver, std::string_view flag) {
  if (flag == "no-unbind") {
    driver.suppresses_bind_attrs = true;
  } else if (flag == "probe-hang") {
    driver.probe_hangs = true;
  } else if (flag == "remove-hang") {
    driver.remove_hangs = true;
  } else {
    throw error_output("unknown option of a driver", flag);
  }
}

void apply_driver_option(DriverSpec& driver, const Option& option) {
  if (!option.has_value) {
    apply_driver_flag(driver, option.key);
  } else if (option.key == "probe-errno") {
    driver.probe_error = parse_errno(option.value);
  } else if (option.key == "late-link") {
    driver.late_link = std::chrono::milliseconds(parse_number(option.value));
  } else if (option.key == "native") {
    driver.native = parse_names(option.value);
  } else if (option.key == "module") {
    driver.module = module_name(parse_name(option.value));
  } else if (option.key == "built-in") {
    driver.module = module_name(parse_name(option.value));
    driver.is_built_in = true;
  } else {
    throw error_output("unknown option of a driver", option.key);
  }
}

/// Reads BUS DRIVER [OPTION…], which start at `words[first]`.
DriverSpec parse_driver(const Words& words, std::size_t first) {
  expect_words(words, first + 2, words.size());
  DriverSpec driver{.bus = parse_name(words[first]), .name = parse_name(words[first + 1])};
  for (std::size_t at = first + 2; at < words.size(); ++at) {
    apply_driver_option(driver, split_option(words[at]));
  }
  return driver;
}

void parse_module(const Words& words, std::vector<ModuleSpec>& modules) {
  expect_words(words, 5, words.size());
  if (words[2] != "registers") throw error_output("expected \"registers\"", words[2]);
  const std::string name = module_name(parse_name(words[1]));
  DriverSpec driver = parse_driver(words, 3);
  driver.module = name;
  const auto known = std::find_if(modules.begin(), modules.end(),
                                  [&](const ModuleSpec& module) { return module.name == name; });
  if (known != modules.end()) {
    known->drivers.push_back(std::move(driver));
  } else {
    modules.push_back({name, {std::move(driver)}});
  }
}

bool is_attribute(std::string_view key) {
  constexpr std::string_view known[] = {
      "class", "vendor", "device", "subsystem_vendor", "subsystem_device", "modalias"};
  return std::find(std::begin(known), std::end(known), key) != std::end(known);
}

void apply_device_option(DeviceSpec& device, const Option& option) {
  constexpr std::string_view any_attribute = "attribute.";
  if (!option.has_value) throw error_output("expected KEY=VALUE", option.key);
  if (option.key == "native") {
    device.native = parse_names(option.value);
  } else if (option.key == "driver") {
    device.driver = parse_name(option.value);
  } else if (option.key == "override") {
    device.override_name = unescape(option.value);
  } else if (option.key == "parent") {
    device.parent = parse_name(option.value);
  } else if (option.key == "below") {
    device.below = parse_folders(option.value);
  } else if (option.key == "virtual_functions") {
    device.virtual_functions = parse_names(option.value);
  } else if (option.key == "iommu_group") {
    device.iommu_group = parse_name(option.value);
  } else if (is_attribute(option.key)) {
    device.attributes[std::string(option.key)] = unescape(option.value);
  } else if (option.key.starts_with(any_attribute)) {
    const std::string name = parse_name(option.key.substr(any_attribute.size()));
    device.attributes[name] = unescape(option.value);
  } else {
    throw error_output("unknown key of a device", option.key);
  }
}

/// Reads BUS NAME [KEY=VALUE…], which start at `words[first]`.
DeviceSpec parse_device(const Words& words, std::size_t first) {
  expect_words(words, first + 2, words.size());
  DeviceSpec device{.bus = parse_name(words[first]), .name = parse_name(words[first + 1])};
  for (std::size_t at = first + 2; at < words.size(); ++at) {
    apply_device_option(device, split_option(words[at]));
  }
  return device;
}

Operation parse_operation(std::string_view word) {
  if (word == "open") return Operation::open;
  if (word == "read") return Operation::read;
  if (word == "write") return Operation::write;
  if (word == "readlink") return Operation::readlink;
  if (word == "list") return Operation::list;
  throw error_output("unknown operation", word);
}

FaultSpec parse_fault(const Words& words) {
  expect_words(words, 4, 5);
  FaultSpec fault{.glob = unescape_glob(words[1]), .operation = parse_operation(words[2])};
  if (!fault.glob.starts_with('/')) fault.glob.insert(0, "/");
  if (words[3] == "hang") {
    fault.kind = FaultKind::hang;
  } else if (words[3] == "vanish") {
    fault.kind = FaultKind::vanish;
  } else {
    fault.error = parse_errno(words[3]);
    if (fault.error == probe_defer) throw error_output("no caller ever sees this error", words[3]);
  }
  if (words.size() == 5) fault.times = parse_number(words[4]);
  return fault;
}

LinkSpec parse_link(const Words& words) {
  expect_words(words, 3, 3);
  LinkSpec link{.path = unescape(words[1]), .target = unescape(words[2])};
  if (!link.path.starts_with('/'))
    throw error_output("expected a path from the mount point", words[1]);
  return link;
}

bool parse_flag(const Words& words) {
  expect_words(words, 1, 1);
  return true;
}

void parse_statement(const Words& words, Spec& spec) {
  const std::string_view verb = words.front();
  if (verb == "bus") {
    spec.buses.push_back(parse_bus(words));
  } else if (verb == "driver") {
    spec.drivers.push_back(parse_driver(words, 1));
  } else if (verb == "module") {
    parse_module(words, spec.modules);
  } else if (verb == "device") {
    spec.devices.push_back(parse_device(words, 1));
  } else if (verb == "link") {
    spec.links.push_back(parse_link(words));
  } else if (verb == "fault") {
    spec.faults.push_back(parse_fault(words));
  } else if (verb == "readonly") {
    spec.readonly = parse_flag(words);
  } else if (verb == "unkillable") {
    spec.unkillable = parse_flag(words);
  } else {
    throw error_output("unknown statement", verb);
  }
}

}  // namespace

Spec parse_spec(std::string_view text) {
  Spec spec;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const Words words = split_words(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    try {
      if (!words.empty()) parse_statement(words, spec);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument("line " + std::to_string(number) + ": " + error.what());
    }
  }
  return spec;
}

DeviceSpec parse_device(std::string_view statement) {
  const Words words = split_words(statement);
  if (words.empty()) throw std::invalid_argument("expected a device");
  return parse_device(words, words.front() == "device" ? 1 : 0);
}

std::string module_name(std::string_view name) {
  std::string normal(name);
  std::replace(normal.begin(), normal.end(), '-', '_');
  return normal;
}

}  // namespace fake_sysfs
