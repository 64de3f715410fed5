// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/open_nodes.hpp"

#include <algorithm>

#include "parser/printable.hpp"

namespace driver_override {
namespace {

std::string describe_open_node(const Root& root, const std::string& process) {
  std::error_code error;
  std::string name = root.read("proc/" + process + "/comm", error);
  name.resize(std::min(name.find('\n'), name.size()));
  return (name.empty() ? "a process" : printable(name)) + " (pid " + process + ")";
}

}  // namespace

std::vector<OpenNode> read_open_nodes(const Root& root, const std::set<std::string>& nodes) {
  std::vector<OpenNode> open;
  std::error_code error;
  for (const std::string& process : root.list("proc", error)) {
    if (process.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string folder = "proc/" + process + "/fd";
    std::set<std::string> targets;
    for (const std::string& number : root.list(folder, error))
      if (auto target = root.link_target(folder, number))
        if (nodes.count(*target) != 0) targets.insert(std::move(*target));
    for (const std::string& target : targets)
      open.push_back({target, describe_open_node(root, process)});
  }
  return open;
}

}  // namespace driver_override
