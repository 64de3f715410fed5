// SPDX-License-Identifier: LGPL-2.1-or-later
// /etc/driver-override.d/90-saved.conf on the disk, while nobody else edits it. What is edited in
// it is saved_file's matter.
#pragma once

#include <string>

#include "hook/root.hpp"
#include "tool/commands/saved_conf.hpp"

namespace driver_override {

/// Below the root.
constexpr const char* saved_path = "etc/driver-override.d/90-saved.conf";

/// What cannot be done is printed, and is `false`.
class SavedEditor {
 public:
  /// \param root  outlives the editor
  explicit SavedEditor(const Root& root) : root_(root) {}

  /// Reads the file, which may be absent. Waits for another process that edits it.
  bool open();

  [[nodiscard]] const std::string& text() const { return text_; }

  /// Puts a text in place of the file's, unless it would not read back as it was meant.
  bool write(const Edited& edited);

 private:
  const Root& root_;
  Descriptor lock_;
  std::string path_;  ///< of the file itself, if there is a link to it
  std::string text_;
};

}  // namespace driver_override
