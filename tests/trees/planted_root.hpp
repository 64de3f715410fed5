// SPDX-License-Identifier: LGPL-2.1-or-later
// A planted machine for the time of a test.
// It lies in memory if that is possible: to remove a thousand files from a disk can take
// seconds.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/trees/plant.hpp"

namespace device_trees {

class PlantedRoot {
 public:
  /// Throws as plant() does.
  explicit PlantedRoot(std::string_view description, bool renumbered = false)
      : path_(make_folder()) {
    try {
      plant(description, path_, renumbered);
    } catch (...) {
      remove();
      throw;
    }
  }
  ~PlantedRoot() { remove(); }
  PlantedRoot(const PlantedRoot&) = delete;
  PlantedRoot& operator=(const PlantedRoot&) = delete;

  /// The root directory, without symbolic links.
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  static std::filesystem::path make_folder() {
    const std::filesystem::path memory = "/dev/shm";
    const bool is_usable = access(memory.c_str(), W_OK | X_OK) == 0;
    const std::filesystem::path above = is_usable ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (above / "tree-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
      throw std::runtime_error(pattern + ": " + std::strerror(errno));
    }
    return std::filesystem::canonical(pattern);
  }

  void remove() const noexcept {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::filesystem::path path_;
};

}  // namespace device_trees
