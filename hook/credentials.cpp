// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/credentials.hpp"

#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>

namespace driver_override {
namespace {

constexpr std::string_view start = "driver-override.";

/// The folder of the unit that runs us, as a path below the root; empty if there is none.
std::string folder_of_unit(const Root& root) {
  const char* folder = root.is_system() ? std::getenv("CREDENTIALS_DIRECTORY") : nullptr;
  return folder == nullptr || *folder != '/' ? std::string() : std::string(folder + 1);
}

}  // namespace

std::vector<Credential> read_credentials(const Root& root) {
  std::map<std::string, Credential> found;
  for (const std::string& folder : {folder_of_unit(root), std::string(credential_folder)}) {
    if (folder.empty()) continue;
    std::error_code error;
    for (const std::string& name : root.list(folder, error)) {
      if (name.compare(0, start.size(), start) != 0 || found.count(name) != 0) continue;
      Credential one{name, {}, {}};
      one.text = root.read(std::string(folder).append("/").append(name), one.error);
      found.emplace(name, std::move(one));
    }
  }
  std::vector<Credential> credentials;
  credentials.reserve(found.size());
  for (auto& [name, one] : found) credentials.push_back(std::move(one));
  return credentials;
}

}  // namespace driver_override
