// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/drop_ins.hpp"

#include <fcntl.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "hook/drop_in_writers.hpp"

namespace driver_override {
namespace {

namespace fs = boost::filesystem;

DropIn read_drop_in(const Root& root, std::string path) {
  std::error_code error;
  const Descriptor opened = root.open(path, O_RDONLY, error);
  std::string fault = error ? std::string() : writers_fault(root, opened);
  std::string text = error || !fault.empty() ? std::string() : read_all(opened, error);
  if (error) fault = error.message();
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
