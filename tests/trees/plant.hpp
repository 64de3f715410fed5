// SPDX-License-Identifier: LGPL-2.1-or-later
// A described machine as plain files: a root for commands that only read.
// Tests and the program plant-tree come in here.
#pragma once

#include <filesystem>
#include <string_view>

namespace device_trees {

/// Writes the machine below `directory`, which is made, or is an empty folder.
/// \param description  its text, see description.hpp
/// \param renumbered   with other PCI bus numbers, see renumber.hpp
/// Throws std::invalid_argument if the description is wrong, std::runtime_error if a file
/// cannot be written.
void plant(std::string_view description, const std::filesystem::path& directory,
           bool renumbered = false);

}  // namespace device_trees
