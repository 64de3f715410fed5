// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "hook/last_error.hpp"

namespace driver_override {
namespace {

constexpr unsigned file_mode = 0644;

bool write_whole(const Descriptor& file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file.number(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

// No name of another process, and never too long.
Folder::Folder(Descriptor directory, Lasting lasting)
    : directory_(std::move(directory)),
      lasting_(lasting),
      temporary_(".new." + std::to_string(::getpid())) {}

Descriptor Folder::create(const std::string& name, std::string_view text,
                          std::error_code& error) const {
  error.clear();
  // O_EXCL follows no link, so the name alone stays inside.
  Descriptor file(::openat(directory_.number(), name.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file_mode));
  if (file.number() >= 0 && write_whole(file, text) &&
      (lasting_ == Lasting::until_reboot || ::fsync(file.number()) == 0))
    return file;
  error = last_error();
  if (file.number() >= 0) (void)::unlinkat(directory_.number(), name.c_str(), 0);
  return Descriptor();
}

Descriptor Folder::replace(const std::string& name, std::string_view text,
                           std::error_code& error) const {
  Descriptor file = create(temporary_, text, error);
  if (error == std::errc::file_exists) {
    // An earlier process of that number has left it.
    (void)::unlinkat(directory_.number(), temporary_.c_str(), 0);
    file = create(temporary_, text, error);
  }
  if (error) return Descriptor();
  if (::renameat(directory_.number(), temporary_.c_str(), directory_.number(), name.c_str()) == 0 &&
      (lasting_ == Lasting::until_reboot || ::fsync(directory_.number()) == 0))
    return file;
  error = last_error();
  (void)::unlinkat(directory_.number(), temporary_.c_str(), 0);
  return Descriptor();
}

}  // namespace driver_override
