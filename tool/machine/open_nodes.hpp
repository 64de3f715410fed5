// SPDX-License-Identifier: LGPL-2.1-or-later
// Which processes have a node in /dev open.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "hook/root.hpp"

namespace driver_override {

struct OpenNode {
  std::string node;     ///< "/dev/dri/card0"
  std::string process;  ///< "Xorg (pid 812)"
};

/// Which processes have one of the nodes open, each once. A process whose /proc/PID/fd cannot be
/// read is passed over.
std::vector<OpenNode> read_open_nodes(const Root& root, const std::set<std::string>& nodes);

}  // namespace driver_override
