// SPDX-License-Identifier: LGPL-2.1-or-later
// A boot in two halves on the fake sysfs: an image without modules, and the real root with them.
// Tests count on what is in the machine: add to it, and change nothing.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/system/fake_root.hpp"

namespace system_tests {

/// Network cards, some of which e1000 has, a disk and a bridge. The driver pci-stub comes as a
/// module, the others are there from the start.
inline constexpr std::string_view boot_machine = R"(
bus pci
bus platform
driver pci e1000
driver pci nvme
driver pci pcieport
driver pci vfio-pci
driver pci refusing probe-errno=EINVAL
driver pci stuck probe-hang
device pci 0000:00:10.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:11.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:12.0 class=0x020000 native=e1000
device pci 0000:00:13.0 class=0x020000 native=e1000
device pci 0000:00:14.0 class=0x010802 native=nvme driver=nvme
device pci 0000:00:15.0 class=0x060400 native=pcieport driver=pcieport
device platform pcspkr
link /dev/block/259:1 /devices/pci0000:00/0000:00:14.0/nvme/nvme0/nvme0n1
module pci-stub registers pci pci-stub
)";

class BootTest : public system_tests::FakeRootTest {
 protected:
  /// Starts the machine in the real root, with more lines to its description.
  void start(std::string_view command_line, std::string_view more = {}) {
    root_.emplace(std::string(boot_machine).append(more), command_line);
  }

  /// Starts it in an image that has no modules, and applies the command line.
  RunResult apply_in_image(std::string_view command_line, std::string_view more = {}) {
    start(command_line, more);
    return apply_in_started_image();
  }
  RunResult apply_in_started_image() {
    put("etc/initrd-release", "");
    std::filesystem::rename(root_->path() / "sbin", root_->path() / "sbin-of-the-real-root");
    return root_->run({"apply", "--timeout", "2"});
  }

  /// Goes on in the real root. What was logged and accessed so far is forgotten.
  void switch_root() {
    std::filesystem::remove(root_->path() / "etc/initrd-release");
    std::filesystem::rename(root_->path() / "sbin-of-the-real-root", root_->path() / "sbin");
    forget_log();
  }

  void forget_log() {
    root_->clear_log();
    put("dev/kmsg", "");
  }

  void put(const std::string& path, std::string_view text) {
    EXPECT_EQ(root_->write(path, text), 0) << path;
  }
  std::string driver(const std::string& slot) { return root_->driver("pci", "0000:00:" + slot); }
  std::string log() { return root_->read("dev/kmsg").value_or(""); }

  static std::string device_file(const std::string& slot, const std::string& file) {
    return "sys/bus/pci/devices/0000:00:" + slot + "/" + file;
  }

  /// The last line of the device's claim: "state done".
  std::string claim(const std::string& slot) {
    const auto text = root_->read("run/driver-override/devices/pci,0000:00:" + slot);
    if (!text) return "none";
    const std::size_t at = text->rfind('\n', text->size() - 2);
    return text->substr(at + 1, text->size() - at - 2);
  }

  /// The lines of the access log that are writes.
  std::vector<std::string> writes() {
    std::vector<std::string> found;
    for (const std::string& line : root_->log())
      if (line.starts_with("write ")) found.push_back(line);
    return found;
  }

  std::optional<FakeRoot> root_;
};

}  // namespace system_tests
