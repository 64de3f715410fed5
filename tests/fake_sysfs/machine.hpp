// SPDX-License-Identifier: LGPL-2.1-or-later
// A model of sysfs with a small machine behind it, for tests that mount nothing.
// Tests count on what is in the description: add to it, and change nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/fake_sysfs/notation.hpp"
#include "tests/fake_sysfs/sysfs_model.hpp"
#include "tests/fake_sysfs/sysfs_spec.hpp"

namespace fake_sysfs {

inline constexpr std::string_view description = R"(
bus pci
bus usb no-override      # devices of this bus have no driver_override
bus spi unset-is-empty
bus platform
driver pci e1000
driver pci vfio-pci
driver pci failing probe-errno=EINVAL
driver pci deferring probe-errno=EPROBE_DEFER
driver pci stuck probe-hang
driver pci clingy remove-hang
driver pci late late-link=300
driver platform fixed no-unbind
device pci 0000:00:01.0 class=0x060400
device pci 0000:00:10.0 class=0x020000 vendor=0x8086 device=0x100e native=e1000 driver=e1000 iommu_group=3
device pci 0000:00:11.0 class=0x020000 native=e1000
device pci 0000:01:00.0 parent=0000:00:01.0 native=e1000,vfio-pci
device usb 1-1
device spi spi0.0
device platform Fixed%20MDIO%20bus.0 override=fixed driver=fixed
module pci-stub registers pci pci-stub
)";

// NOLINTBEGIN(cert-err58-cpp): a test program that cannot make these strings may end at once.
inline const std::string bound = "/devices/pci0000:00/0000:00:10.0";
inline const std::string unbound = "/devices/pci0000:00/0000:00:11.0";
inline const std::string bridge = "/devices/pci0000:00/0000:00:01.0";
inline const std::string child = bridge + "/0000:01:00.0";
// NOLINTEND(cert-err58-cpp)

/// A model with its log, and accesses in one call.
class Machine {
 public:
  explicit Machine(std::string_view more = {})
      : model_(fake_sysfs::parse_spec(std::string(description).append(more)),
               [this](const std::string& line) { log.push_back(line); }) {}

  /// The content of a file, or ERRNO, or HANG.
  std::string read(const std::string& path) {
    const fake_sysfs::OpenReply opened = model_.open(path, fake_sysfs::Access::read);
    if (opened.outcome != fake_sysfs::Outcome{}) return name_of(opened.outcome);
    const fake_sysfs::TextReply reply = model_.read(opened.file);
    return reply.outcome == fake_sysfs::Outcome{} ? reply.text : name_of(reply.outcome);
  }

  /// `ok`, or ERRNO, or HANG.
  std::string write(const std::string& path, std::string_view data) {
    const fake_sysfs::OpenReply opened = model_.open(path, fake_sysfs::Access::write);
    if (opened.outcome != fake_sysfs::Outcome{}) return name_of(opened.outcome);
    return name_of(model_.write(opened.file, data));
  }

  /// The target of a link, or ERRNO.
  std::string link(const std::string& path) {
    const fake_sysfs::TextReply reply = model_.read_link(path);
    return reply.outcome == fake_sysfs::Outcome{} ? reply.text : name_of(reply.outcome);
  }

  /// The driver that a device is bound to, or ERRNO.
  std::string driver(const std::string& device) {
    const std::string target = link(device + "/driver");
    return target.substr(target.rfind('/') + 1);
  }

  std::string override_driver(const std::string& device, std::string_view driver) {
    return write(device + "/driver_override", driver);
  }
  std::string probe(std::string_view name) { return write("/bus/pci/drivers_probe", name); }
  std::string bind(const std::string& driver, std::string_view name) {
    return write("/bus/pci/drivers/" + driver + "/bind", name);
  }
  std::string unbind(const std::string& driver, std::string_view name) {
    return write("/bus/pci/drivers/" + driver + "/unbind", name);
  }
  std::string control(std::string_view command) { return write("/.control", command); }

  bool exists(const std::string& path) { return model_.find(path) != nullptr; }
  std::uint64_t inode(const std::string& path) { return model_.find(path)->inode; }

  static std::string name_of(const fake_sysfs::Outcome& outcome) {
    if (outcome.hangs) return "HANG";
    return outcome.error == 0 ? "ok" : fake_sysfs::errno_name(outcome.error);
  }

  fake_sysfs::SysfsModel& model() { return model_; }

  std::vector<std::string> log;

 private:
  fake_sysfs::SysfsModel model_;
};

}  // namespace fake_sysfs
