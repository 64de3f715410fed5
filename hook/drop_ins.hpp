// SPDX-License-Identifier: LGPL-2.1-or-later
// The files that hold rules. Which of them count is decided here; what is in them is parsed
// elsewhere.
#pragma once

#include <array>
#include <boost/filesystem/path.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "hook/root.hpp"

namespace driver_override {

/// The folders of drop-ins, below the root: a name in a later one hides the same name in an earlier
/// one.
constexpr std::array<const char*, 3> drop_in_folders = {
    "usr/lib/driver-override.d", "etc/driver-override.d", "run/driver-override.d"};

/// A file that was read, or a file or folder that was not and may have held rules.
struct DropIn {
  std::string path;  ///< below the root, without a `/` in front
  std::string text;
  std::string fault{};  ///< why it was not read; empty if it was
};

/// True for the name of a file that counts, `*.conf`.
bool is_drop_in_name(const boost::filesystem::path& name);

/// The text of an open file of rules. Only a regular file is read, and /dev/null, which is empty: a
/// pipe would look empty, too, and a rule might be lost.
///
/// \param fault  set to why it was not read, such as "not a regular file"; empty if it was
std::string read_text_of_drop_in(const Descriptor& file, std::string& fault);

/// The names of a folder's files that count, sorted; none if there is no such folder.
///
/// \param folder  below the root
/// \param error   set if there is a folder that cannot be listed
std::vector<std::string> list_drop_in_names(const Root& root, const std::string& folder,
                                            std::error_code& error);

/// The drop-ins that count, sorted by file name, and then the folders that cannot be listed: any of
/// these may hold the last word. A link to /dev/null hides, and is not among them. What others than
/// root can write is not read (writers_fault()).
std::vector<DropIn> read_drop_ins(const Root& root);

}  // namespace driver_override
