// SPDX-License-Identifier: LGPL-2.1-or-later
// A file line by line, for what may be larger than Root::read() takes: the tables of /proc, the
// lists of modules, pci.ids.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "hook/root.hpp"

namespace driver_override {

using TakeLine = std::function<void(std::string_view)>;
using Words = std::vector<std::string>;

/// Of a line no more than this is kept. A line of mountinfo holds two paths, which are escaped, and
/// the options of its file system.
constexpr std::size_t longest_line = 1U << 16U;

/// Calls `take` with each line, without its newline.
///
/// \param longest  what a line has above so many bytes is dropped
/// \param error    why the file could not be read to its end; EFBIG above 256 MiB
void for_each_line(const Descriptor& file, std::size_t longest, const TakeLine& take,
                   std::error_code& error);

/// The same for a file below the root, with the longest lines.
void for_each_line(const Root& root, const std::string& path, const TakeLine& take,
                   std::error_code& error);

/// The same with each line as its words, which blanks and tabs separate: the rows of a table.
void for_each_row(const Root& root, const std::string& path,
                  const std::function<void(const Words&)>& take, std::error_code& error);

}  // namespace driver_override
