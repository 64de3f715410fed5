// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/drop_in_writers.hpp"

#include <array>
#include <cerrno>
#include <cstdio>

#include "hook/initramfs.hpp"

namespace driver_override {

std::string writers_fault(const struct ::stat& status, Surroundings surroundings) {
  const bool in_image = surroundings == Surroundings::initramfs;
  if (!in_image && status.st_uid != 0)
    return "not read, as it belongs to user " + std::to_string(status.st_uid) +
           ", not to root: \"chown root\"";
  const mode_t others = in_image ? S_IWOTH : S_IWGRP | S_IWOTH;
  if ((status.st_mode & others) == 0) return {};
  std::array<char, 8> mode{};
  (void)std::snprintf(mode.data(), mode.size(), "%04o", status.st_mode & 07777U);
  return "not read, as others than root can write it (mode " + std::string(mode.data()) +
         "): \"chmod go-w\"";
}

std::string writers_fault(const Root& root, const Descriptor& file) {
  if (!root.is_system()) return {};
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return std::generic_category().message(errno);
  return writers_fault(status,
                       is_initramfs(root) ? Surroundings::initramfs : Surroundings::running_system);
}

}  // namespace driver_override
