// SPDX-License-Identifier: LGPL-2.1-or-later
// A root directory of plain files for one test, or for one run of a fuzzer.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "hook/root.hpp"

namespace driver_override {

class TemporaryRoot {
 public:
  TemporaryRoot() = default;
  ~TemporaryRoot() {
    std::error_code error;
    std::filesystem::remove_all(base_, error);
  }
  TemporaryRoot(const TemporaryRoot&) = delete;
  TemporaryRoot& operator=(const TemporaryRoot&) = delete;

  [[nodiscard]] std::filesystem::path path(const std::string& below = {}) const {
    return base_ / below;
  }
  [[nodiscard]] const Root& root() const { return root_; }

  void put(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories(path(file).parent_path());
    std::ofstream(path(file), std::ios::binary) << text;
  }
  [[nodiscard]] std::string get(const std::string& file) const {
    std::ifstream stream(path(file), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  static std::filesystem::path make_base() {
    std::string name = std::filesystem::temp_directory_path() / "driver-override-XXXXXX";
    return ::mkdtemp(name.data());
  }
  std::filesystem::path base_ = make_base();
  Root root_{base_};
};

}  // namespace driver_override
