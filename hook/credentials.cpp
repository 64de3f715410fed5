// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/credentials.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include "hook/drop_ins.hpp"

namespace driver_override {
namespace {

constexpr std::string_view start = "driver-override.";

/// The folder of the unit that runs us, as a path below the root; empty if there is none.
std::string folder_of_unit(const Root& root) {
  const char* folder = root.is_system() ? std::getenv("CREDENTIALS_DIRECTORY") : nullptr;
  return folder == nullptr || *folder != '/' ? std::string() : std::string(folder + 1);
}

Credential read_credential(const Root& root, const std::string& file, std::string path) {
  std::error_code error;
  const Descriptor opened = root.open(file, O_RDONLY, error);
  std::string fault = error ? error.message() : std::string();
  std::string text = error ? std::string() : read_text_of_drop_in(opened, fault);
  return {std::move(path), std::move(text), std::move(fault)};
}

/// True if credentials may be lost by it.
bool is_fault_of_credentials(const std::error_code& error) {
  const bool is_others_business = error == std::errc::permission_denied && ::geteuid() != 0;
  return error && error != std::errc::no_such_file_or_directory && !is_others_business;
}

}  // namespace

std::vector<Credential> read_credentials(const Root& root) {
  std::map<std::string, Credential> found;  // by name
  std::vector<Credential> unlisted;
  for (const std::string& folder : {folder_of_unit(root), std::string(credential_folder)}) {
    if (folder.empty()) continue;
    std::error_code error;
    for (const std::string& name : root.list(folder, error)) {
      if (name.compare(0, start.size(), start) != 0 || found.count(name) != 0) continue;
      found.emplace(name, read_credential(root, std::string(folder).append("/").append(name),
                                          std::string(credential_folder) + "/" + name));
    }
    if (is_fault_of_credentials(error)) unlisted.push_back({folder, {}, error.message()});
  }
  std::vector<Credential> credentials;
  credentials.reserve(found.size() + unlisted.size());
  for (auto& [name, one] : found) credentials.push_back(std::move(one));
  std::move(unlisted.begin(), unlisted.end(), std::back_inserter(credentials));
  return credentials;
}

}  // namespace driver_override
