// SPDX-License-Identifier: LGPL-2.1-or-later
// What the running system would lose with a device: mounted file systems, swap, network routes.
// A further kind of use is one function in in_use.cpp.
#pragma once

#include <string>
#include <vector>

#include "hook/device.hpp"
#include "hook/root.hpp"

namespace driver_override {

class InUse {
 public:
  /// Reads /proc/self/mountinfo, /proc/swaps and the routing tables below the root.
  explicit InUse(const Root& root);

  /// What uses the device or anything below it, such as "the file system on /"; empty where
  /// nothing.
  [[nodiscard]] std::vector<std::string> uses(const Root& root, const DeviceId& device) const;

 private:
  struct Use {
    std::string path;  ///< of the block device or interface in /sys/devices
    std::string text;
  };
  void add_block(const Root& root, const std::string& path, const std::string& text, int depth);
  void add_interface(const Root& root, const std::string& name, const std::string& text, int depth);
  void read_mounts(const Root& root);
  void read_swaps(const Root& root);
  void read_routes(const Root& root);

  std::vector<Use> uses_;
};

}  // namespace driver_override
