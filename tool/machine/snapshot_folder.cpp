// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/snapshot_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "hook/last_error.hpp"

namespace driver_override {
namespace {

constexpr unsigned owner_only = 0700;

/// The folder's name, which is there now; sets `error` if it cannot be made.
const std::string& make_folder(const std::string& directory, std::error_code& error) {
  if (::mkdir(directory.c_str(), owner_only) != 0 && errno != EEXIST) error = last_error();
  return directory;
}

}  // namespace

SnapshotFolder::SnapshotFolder(const std::string& directory)
    : root_(make_folder(directory, error_)) {
  if (error_) return;
  if (!root_.list(".", error_).empty())
    error_ = std::make_error_code(std::errc::directory_not_empty);
}

const Descriptor& SnapshotFolder::directory_of(const std::string& path, std::string& name) {
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash);
  name = path.substr(slash + 1);
  if (error_ || (directory == directory_ && open_.number() >= 0)) return open_;
  root_.make_directories(directory, error_);
  if (!error_) open_ = root_.open(directory, O_PATH | O_DIRECTORY, error_);
  directory_ = directory;
  return open_;
}

void SnapshotFolder::write(const std::string& path, std::string_view text) {
  std::string name;
  const Descriptor& directory = directory_of(path, name);
  if (error_) return;
  std::error_code fault;
  Folder(Descriptor(::fcntl(directory.number(), F_DUPFD_CLOEXEC, 0)), Lasting::until_reboot)
      .create(name, text, fault);
  if (!fault) ++count_;
  if (fault && fault != std::errc::file_exists) error_ = fault;
}

void SnapshotFolder::link(const std::string& path, const std::string& target) {
  std::string name;
  const Descriptor& directory = directory_of(path, name);
  if (error_) return;
  if (::symlinkat(target.c_str(), directory.number(), name.c_str()) == 0)
    ++count_;
  else if (errno != EEXIST)
    error_ = last_error();
}

void SnapshotFolder::make(const std::string& path) {
  if (!error_) root_.make_directories(path, error_);
}

}  // namespace driver_override
