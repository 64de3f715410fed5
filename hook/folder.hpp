// SPDX-License-Identifier: LGPL-2.1-or-later
// An open directory in which files are made and replaced by their names: whoever writes many of
// them walks the path once.
#pragma once

#include <string>
#include <string_view>
#include <system_error>

#include "hook/descriptor.hpp"

namespace driver_override {

/// How long a file must last. Nothing in /run outlives a loss of power, so nothing waits for a disk
/// there.
enum class Lasting { until_reboot, for_good };

/// Every function sets `error` to what the kernel said, or clears it. Names hold no `/`.
class Folder {
 public:
  /// \param directory  opened by O_PATH or for reading
  Folder(Descriptor directory, Lasting lasting);

  /// Makes a file of the mode 0644 that must not be there yet (EEXIST). If it cannot be written
  /// whole, nothing of it stays. \return the file, open for writing
  Descriptor create(const std::string& name, std::string_view text, std::error_code& error) const;

  /// Puts a file in place of one that may be there: at every moment the name is that of the old
  /// text or of the new one; one that lasts for good also after a loss of power.
  /// \return the new file, open for writing
  Descriptor replace(const std::string& name, std::string_view text, std::error_code& error) const;

 private:
  Descriptor directory_;
  Lasting lasting_;
  std::string temporary_;  ///< while a file is written; no reader of the directory takes the name
};

}  // namespace driver_override
