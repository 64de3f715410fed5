// SPDX-License-Identifier: LGPL-2.1-or-later
// The folder that a snapshot is written to. Nothing is written outside it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

#include "hook/root.hpp"

namespace driver_override {

/// Paths are relative to the folder, without a leading `/`. What is there already stays. After the
/// first fault nothing more is written.
class SnapshotFolder {
 public:
  /// Makes the folder, for its owner only; one that is there must be empty (ENOTEMPTY).
  ///
  /// \param directory  where, on the caller's file system
  explicit SnapshotFolder(const std::string& directory);

  void write(const std::string& path, std::string_view text);
  void link(const std::string& path, const std::string& target);
  void make(const std::string& path);

  /// How many files and links there are.
  [[nodiscard]] std::size_t count() const { return count_; }

  /// The first fault.
  [[nodiscard]] const std::error_code& error() const { return error_; }

 private:
  /// The directory of a path, made where it is missing; the name in it is put into `name`.
  const Descriptor& directory_of(const std::string& path, std::string& name);

  Root root_;
  std::string directory_;  ///< the path of the one that is open
  Descriptor open_{};
  std::size_t count_ = 0;
  std::error_code error_{};
};

}  // namespace driver_override
