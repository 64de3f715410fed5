// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/peer_files.hpp"

#include <boost/filesystem/path.hpp>

#include "parser/message.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

namespace fs = boost::filesystem;

bool is_peer_file_name(const fs::path& name, const char* extension) {
  return name.native().front() != '.' && name.extension() == extension;
}

}  // namespace

std::string peer_file_place(const std::string& path) {
  return '/' + printable(path);
}

std::optional<std::string> read_peer_file(const Root& root, const std::string& path,
                                          PeerClaims& result) {
  std::error_code error;
  std::string text = root.read(path, error);
  if (!error) return text;
  result.messages.push_back({Severity::error, peer_file_place(path) + ": " + error.message()});
  return std::nullopt;
}

std::vector<std::string> list_peer_files(const Root& root, const std::string& path,
                                         PeerClaims& result) {
  std::error_code error;
  std::vector<std::string> names = root.list(path, error);
  if (error && error != std::errc::no_such_file_or_directory)
    result.messages.push_back({Severity::error, peer_file_place(path) + ": " + error.message()});
  return names;
}

std::map<std::string, std::string> peer_files(const Root& root,
                                              const std::vector<std::string>& folders,
                                              const char* extension, PeerClaims& result) {
  std::map<std::string, std::string> paths;
  for (const std::string& folder : folders)
    for (const std::string& name : list_peer_files(root, folder, result))
      if (is_peer_file_name(name, extension))
        paths.emplace(name, (fs::path(folder) / name).native());
  return paths;
}

}  // namespace driver_override
