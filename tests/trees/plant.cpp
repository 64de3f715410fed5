// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes a layout. The permissions are those that the kernel gives its files.
#include "tests/trees/plant.hpp"

#include <fstream>
#include <stdexcept>

#include "tests/trees/layout.hpp"
#include "tests/trees/renumber.hpp"

namespace device_trees {
namespace {

namespace fs = std::filesystem;
using fake_sysfs::NodeKind;

void write_file(const fs::path& path, const Entry& entry) {
  std::ofstream file(path, std::ios::binary);
  file << entry.text;
  file.close();
  if (!file) throw std::runtime_error(path.string() + ": cannot be written");
  fs::permissions(path, static_cast<fs::perms>(entry.mode));
}

void write_entry(const fs::path& path, const Entry& entry) {
  fs::create_directories(entry.kind == NodeKind::folder ? path : path.parent_path());
  if (entry.kind == NodeKind::link) fs::create_symlink(entry.text, path);
  if (entry.kind == NodeKind::file) write_file(path, entry);
}

}  // namespace

void plant(std::string_view text, const fs::path& directory, bool renumbered) {
  Description description = parse_description(text);
  if (renumbered) renumber(description);
  const Layout layout = lay_out(description);
  fs::create_directories(directory);
  if (!fs::is_empty(directory)) throw std::runtime_error(directory.string() + ": not empty");
  for (const auto& [path, entry] : layout) write_entry(directory / path.substr(1), entry);
}

}  // namespace device_trees
