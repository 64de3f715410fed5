// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/root.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/filesystem/path.hpp>
#include <cerrno>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include "hook/last_error.hpp"

namespace driver_override {
namespace {

namespace fs = boost::filesystem;

/// Opens a path without leaving the directory. The kernel answers EAGAIN if anything was renamed
/// or mounted, anywhere, while it walked up a `..`; trying again is the caller's part (openat2(2)).
int open_inside_root(int directory, const std::string& path, int flags) {
  constexpr int most_tries = 1000;
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  long number = -1;
  for (int tries = 0; tries < most_tries; ++tries) {
    number = ::syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how);
    if (number >= 0 || errno != EAGAIN) break;
  }
  return static_cast<int>(number);
}

/// The directory of a path, and the name in it.
struct Entry {
  std::string directory;
  std::string name;
};

Entry split_root_path(const fs::path& path) {
  const fs::path directory = path.parent_path();
  return {directory.empty() ? "." : directory.native(), path.filename().native()};
}

}  // namespace

std::string read_all(const Descriptor& file, std::error_code& error, std::size_t limit) {
  std::string text;
  std::array<char, 4096> buffer;  // left as it is: to clear it would cost more than to read
  while (text.size() <= limit) {
    const ssize_t got = ::read(file.number(), buffer.data(), buffer.size());
    if (got == 0) {
      error.clear();
      return text;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      error = last_error();
      return {};
    }
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  error = std::make_error_code(std::errc::file_too_large);
  return {};
}

std::string read_attribute(const Descriptor& file, std::error_code& error) {
  std::array<char, 4096> buffer;  // left as it is: to clear it would cost more than to read
  ssize_t got = 0;
  do got = ::read(file.number(), buffer.data(), buffer.size());
  while (got < 0 && errno == EINTR);
  error = got < 0 ? last_error() : std::error_code();
  std::string_view text(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (text.ends_with('\n')) text.remove_suffix(1);
  return std::string(text);
}

void write_attribute(const Descriptor& file, std::string_view text, std::error_code& error) {
  const ssize_t written = ::pwrite(file.number(), text.data(), text.size(), 0);
  error = written < 0 ? last_error() : std::error_code();
  if (!error && static_cast<std::size_t>(written) != text.size())
    error = std::make_error_code(std::errc::io_error);
}

Root::Root(const std::string& directory)
    : directory_(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)),
      is_system_(directory == "/") {}

std::error_code Root::usable() const {
  std::error_code error;
  (void)open(".", O_PATH | O_DIRECTORY, error);
  return error;
}

Descriptor Root::open(const std::string& path, int flags, std::error_code& error) const {
  error.clear();
  if (directory_.number() < 0) {
    error = std::make_error_code(std::errc::no_such_file_or_directory);
    return Descriptor();
  }
  // O_PATH permits few flags beside it.
  flags |= O_CLOEXEC | ((flags & O_PATH) != 0 ? 0 : O_NOCTTY | O_NONBLOCK);
  // `/` cannot be left, and a plain open works on every kernel.
  const int number = is_system_ ? ::openat(directory_.number(), path.c_str(), flags)
                                : open_inside_root(directory_.number(), path, flags);
  if (number < 0) error = last_error();
  return Descriptor(number);
}

std::string Root::read(const std::string& path, std::error_code& error, std::size_t limit) const {
  const Descriptor file = open(path, O_RDONLY, error);
  return error ? std::string() : read_all(file, error, limit);
}

std::string Root::read_attribute(const std::string& path, std::error_code& error) const {
  const Descriptor file = open(path, O_RDONLY, error);
  return error ? std::string() : driver_override::read_attribute(file, error);
}

void Root::write(const std::string& path, std::string_view text, std::error_code& error) const {
  const Descriptor file = open(path, O_WRONLY, error);
  if (!error) write_attribute(file, text, error);
}

void Root::create(const std::string& path, std::string_view text, std::error_code& error,
                  Lasting lasting) const {
  const Entry place = split_root_path(path);
  Descriptor directory = open(place.directory, O_PATH | O_DIRECTORY, error);
  if (!error) Folder(std::move(directory), lasting).create(place.name, text, error);
}

void Root::replace(const std::string& path, std::string_view text, std::error_code& error,
                   Lasting lasting) const {
  const Entry place = split_root_path(path);
  Descriptor directory = open(place.directory, O_RDONLY | O_DIRECTORY, error);
  if (!error) Folder(std::move(directory), lasting).replace(place.name, text, error);
}

void Root::make_directories(const std::string& path, std::error_code& error) const {
  constexpr unsigned directory_mode = 0755;
  error.clear();
  // `/` cannot be left, so the whole path is the kernel's business; mostly only its end is missing.
  if (is_system_ &&
      (::mkdirat(directory_.number(), path.c_str(), directory_mode) == 0 || errno == EEXIST))
    return;
  if (exists(path)) return;
  const Entry place = split_root_path(path);
  if (place.directory != ".") make_directories(place.directory, error);
  if (error) return;
  const Descriptor directory = open(place.directory, O_PATH | O_DIRECTORY, error);
  if (!error && ::mkdirat(directory.number(), place.name.c_str(), directory_mode) != 0 &&
      errno != EEXIST)
    error = last_error();
}

Descriptor Root::lock(const std::string& path, std::error_code& error) const {
  constexpr int most_tries = 500;
  constexpr std::chrono::milliseconds pause{10};
  Descriptor file = open_lock(path, error);
  if (error) return Descriptor();
  for (int tries = 0; ::flock(file.number(), LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno != EWOULDBLOCK || tries == most_tries) {
      error = last_error();
      return Descriptor();
    }
    std::this_thread::sleep_for(pause);
  }
  return file;
}

Descriptor Root::open_lock(const std::string& path, std::error_code& error) const {
  // Whoever can open a file can lock it, be it for reading only (flock(2)).
  constexpr unsigned owner_only = 0600;
  const Entry place = split_root_path(path);
  const Descriptor directory = open(place.directory, O_PATH | O_DIRECTORY, error);
  if (error) return Descriptor();
  Descriptor file(::openat(directory.number(), place.name.c_str(),
                           O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, owner_only));
  if (file.number() < 0) error = last_error();
  return file;
}

void Root::remove(const std::string& path, std::error_code& error) const {
  const Entry place = split_root_path(path);
  const Descriptor directory = open(place.directory, O_PATH | O_DIRECTORY, error);
  if (!error && ::unlinkat(directory.number(), place.name.c_str(), 0) != 0) error = last_error();
  if (error == std::errc::no_such_file_or_directory) error.clear();
}

void Root::look_at(const std::string& path, struct ::stat& status, std::error_code& error) const {
  error.clear();
  // `/` cannot be left: one system call does.
  if (is_system_) {
    if (::fstatat(directory_.number(), path.c_str(), &status, 0) != 0) error = last_error();
    return;
  }
  const Descriptor file = open(path, O_PATH, error);
  if (!error && ::fstat(file.number(), &status) != 0) error = last_error();
}

std::optional<std::uint64_t> Root::inode(const std::string& path) const {
  struct stat status {};
  std::error_code error;
  look_at(path, status, error);
  if (error) return std::nullopt;
  return status.st_ino;
}

std::vector<std::string> Root::list(const std::string& path, std::error_code& error) const {
  Descriptor folder = open(path, O_RDONLY | O_DIRECTORY, error);
  if (error) return {};
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(folder.number()), ::closedir);
  if (!stream) {
    error = last_error();
    return {};
  }
  (void)folder.release();  // the stream owns it now
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string name(static_cast<const char*>(entry->d_name));
    if (name != "." && name != "..") names.push_back(name);
  }
  if (errno != 0) error = last_error();
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<std::string> Root::link_target(const std::string& directory,
                                             const std::string& name) const {
  std::array<char, 4096> target;  // left as it is
  ssize_t length = -1;
  if (is_system_) {
    const std::string path = directory + "/" + name;
    length = ::readlinkat(directory_.number(), path.c_str(), target.data(), target.size());
  } else {
    std::error_code error;
    const Descriptor folder = open(directory, O_PATH | O_DIRECTORY, error);
    if (error) return std::nullopt;
    length = ::readlinkat(folder.number(), name.c_str(), target.data(), target.size());
  }
  if (length <= 0) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(length));
}

std::optional<std::string> Root::link(const std::string& directory, const std::string& name) const {
  std::optional<std::string> target = link_target(directory, name);
  if (target) target->erase(0, target->rfind('/') + 1);
  return target;
}

std::string Root::follow(std::string path, std::error_code& error) const {
  constexpr int most_links = 40;  // as in the kernel (include/linux/namei.h, MAXSYMLINKS)
  error.clear();
  for (int links = 0; links <= most_links; ++links) {
    const Entry place = split_root_path(path);
    const std::optional<std::string> target = link_target(place.directory, place.name);
    if (!target) return path;
    // By its text: a path that begins with two slashes has a host's name for Boost.Filesystem.
    const bool is_absolute = target->front() == '/';
    path = is_absolute ? target->substr(1) : (fs::path(place.directory) / *target).native();
  }
  error = std::make_error_code(std::errc::too_many_symbolic_link_levels);
  return path;
}

bool Root::exists(const std::string& path) const {
  std::error_code error;
  return exists(path, error);
}

bool Root::exists(const std::string& path, std::error_code& error) const {
  struct stat status {};
  look_at(path, status, error);
  const bool is_there = !error;
  if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory)
    error.clear();
  return is_there;
}

bool Root::is_file(const std::string& path) const {
  struct stat status {};
  std::error_code error;
  look_at(path, status, error);
  return !error && S_ISREG(status.st_mode);
}

}  // namespace driver_override
