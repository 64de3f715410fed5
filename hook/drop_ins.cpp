// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/drop_ins.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "hook/drop_in_writers.hpp"
#include "hook/last_error.hpp"

namespace driver_override {
namespace {

namespace fs = boost::filesystem;

/// A folder is left to read(2), which says so.
std::string kind_fault_of_drop_in(const Descriptor& file) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return last_error().message();
  const bool is_null = S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
  const bool is_known = S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) || is_null;
  return is_known ? std::string() : "not a regular file";
}

DropIn read_drop_in(const Root& root, std::string path) {
  std::error_code error;
  const Descriptor opened = root.open(path, O_RDONLY, error);
  std::string fault = error ? error.message() : writers_fault(root, opened);
  std::string text = fault.empty() ? read_text_of_drop_in(opened, fault) : std::string();
  return {std::move(path), std::move(text), std::move(fault)};
}

bool is_hidden_by_null(const Root& root, const fs::path& file) {
  return root.link(file.parent_path().native(), file.filename().native()) == "null";
}

/// Of a folder that others can write no name counts: they may have put any file in it.
std::vector<std::string> list_drop_ins(const Root& root, const std::string& folder,
                                       std::string& fault) {
  std::error_code error;
  std::vector<std::string> names = list_drop_in_names(root, folder, error);
  if (!error && names.empty()) return names;
  const Descriptor opened = error ? Descriptor() : root.open(folder, O_PATH | O_DIRECTORY, error);
  fault = error ? error.message() : writers_fault(root, opened);
  if (!fault.empty()) names.clear();
  return names;
}

}  // namespace

bool is_drop_in_name(const fs::path& name) {
  return name.has_stem() && name.extension() == ".conf";
}

std::string read_text_of_drop_in(const Descriptor& file, std::string& fault) {
  fault = kind_fault_of_drop_in(file);
  if (!fault.empty()) return {};
  std::error_code error;
  std::string text = read_all(file, error);
  if (error) fault = error.message();
  return text;
}

std::vector<std::string> list_drop_in_names(const Root& root, const std::string& folder,
                                            std::error_code& error) {
  std::vector<std::string> names = root.list(folder, error);
  if (error == std::errc::no_such_file_or_directory) error.clear();
  std::erase_if(names, [](const std::string& name) { return !is_drop_in_name(name); });
  return names;
}

std::vector<DropIn> read_drop_ins(const Root& root) {
  std::map<std::string, fs::path> files;  // by name: a later folder replaces
  std::vector<DropIn> unlisted;
  for (const char* folder : drop_in_folders) {
    std::string fault;
    for (const std::string& name : list_drop_ins(root, folder, fault))
      files[name] = fs::path(folder) / name;
    if (!fault.empty()) unlisted.push_back({folder, {}, fault});
  }
  std::vector<DropIn> found;
  for (const auto& [name, file] : files)
    if (!is_hidden_by_null(root, file)) found.push_back(read_drop_in(root, file.native()));
  std::move(unlisted.begin(), unlisted.end(), std::back_inserter(found));
  return found;
}

}  // namespace driver_override
