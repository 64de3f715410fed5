// SPDX-License-Identifier: LGPL-2.1-or-later
// A planted machine, and what tests ask of its files.
#pragma once

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "tests/shell.hpp"
#include "tests/trees/planted_root.hpp"

namespace device_trees {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;
using shell::read_file;

/// The first line, without its end.
inline std::string read_line(const fs::path& path) {
  const std::string text = read_file(path);
  return text.substr(0, text.find('\n'));
}

inline std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

inline std::vector<std::string> lines_of(const fs::path& path) {
  std::istringstream stream(read_file(path));
  Names lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

inline bool is_there(const fs::path& path) {
  return fs::exists(fs::symlink_status(path));
}

/// The names in a folder, sorted; none if there is no folder.
inline Names names_in(const fs::path& folder) {
  Names names;
  if (!fs::is_directory(folder)) return names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// A planted machine, and what tests ask of it.
class Machine : public PlantedRoot {
 public:
  using PlantedRoot::PlantedRoot;

  fs::path operator/(const std::string& rest) const { return path() / rest; }

  [[nodiscard]] std::string read(const std::string& rest) const { return read_file(path() / rest); }

  /// A link's target as it stands there; empty if there is no link.
  [[nodiscard]] std::string link(const std::string& rest) const {
    return fs::is_symlink(path() / rest) ? fs::read_symlink(path() / rest).string() : "";
  }

  /// Calls for each device of each bus: bus, link in the bus's folder.
  template <typename Function>
  void for_each_device(const Function& function) const {
    for (const std::string& bus : names_in(path() / "sys/bus")) {
      const fs::path devices = path() / "sys/bus" / bus / "devices";
      for (const std::string& name : names_in(devices)) function(bus, devices / name);
    }
  }
};

}  // namespace device_trees
