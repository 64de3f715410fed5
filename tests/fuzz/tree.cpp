// SPDX-License-Identifier: LGPL-2.1-or-later
// A line of rules, then files and links of /sys and /proc in any form: what is read of them never
// ends the program, and no device gets a plan that is not there.
#include <array>
#include <filesystem>
#include <fstream>

#include "hook/configuration.hpp"
#include "hook/plan.hpp"
#include "hook/sysfs.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/temporary_root.hpp"

namespace driver_override {
namespace {

namespace fs = std::filesystem;

/// A file, a folder or a link, whatever is there already and wherever it leads.
void add(const TemporaryRoot& tree, unsigned kind, const std::string& path,
         const std::string& text) {
  std::error_code error;
  const fs::path whole = tree.path(path);
  fs::create_directories(whole.parent_path(), error);
  if (kind == 0)
    fs::create_symlink(text.substr(0, text.find('\0')), whole, error);
  else if (kind == 1)
    fs::create_directories(whole, error);
  else if (!fs::is_symlink(whole, error))
    std::ofstream(whole, std::ios::binary) << text;
}

/// A path that the program may look for.
std::string path_from(Input& input) {
  constexpr std::array<const char*, 4> devices = {"0000:00:10.0", "0000:00:10.1", "10000:02:00.0",
                                                  "foo.0"};
  constexpr std::array<const char*, 12> files = {
      "",          "/class",          "/vendor", "/device",           "/driver",
      "/class_id", "/uevent",         "/.",      "/subsystem_vendor", "/subsystem_device",
      "/modalias", "/driver_override"};
  const std::string bus = input.below(3) == 0 ? "platform" : "pci";
  const std::string name = devices.at(input.below(devices.size()));
  const std::string folder =
      input.below(2) == 0 ? "sys/bus/" + bus + "/devices/" : "sys/devices/pci0000:00/";
  return folder + name + files.at(input.below(files.size()));
}

/// A device's link may lead nowhere. In a real /sys none does, so it is not followed to plan.
bool is_link(const Root& root, const DeviceId& id) {
  return root.link_target("sys/bus/" + id.bus + "/devices", id.name).has_value();
}

void check(Input input) {
  const Configuration configuration = parse_configuration_sources({{"command line", input.line()}});
  const TemporaryRoot tree;  // of its own: what one input has made must not be there for the next
  for (unsigned entries = input.below(12); entries > 0; --entries) {
    const unsigned kind = input.below(3);
    const std::string path = path_from(input);
    add(tree, kind, path, input.line());
  }
  const Root& root = tree.root();
  const Plan plan = make_plan(configuration.rules, read_sysfs_inventory(root, configuration.rules));
  for (const Action& action : plan.actions) {
    require(root.exists(sysfs_device_path(action.device)) || is_link(root, action.device.id),
            "what is planned is there", to_text(action.device.id));
    require(!configuration.rules[action.rule].bad, "no bad rule takes anything");
    (void)read_sysfs_device(root, action.device.id);
  }
}

}  // namespace
}  // namespace driver_override

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  driver_override::check(driver_override::Input(data, size));
  return 0;
}
