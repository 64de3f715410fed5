// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/module_signature.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace driver_override {

std::string signature_demand(const Root& root) {
  std::error_code error;
  // "none [integrity] confidentiality"; either forbids it (security/lockdown/lockdown.c).
  const std::string lockdown = root.read("sys/kernel/security/lockdown", error);
  if (lockdown.find('[') != std::string::npos && lockdown.find("[none]") == std::string::npos)
    return "the kernel is locked down";
  if (root.read("sys/module/module/parameters/sig_enforce", error) == "Y\n")
    return "module.sig_enforce is set";
  return {};
}

bool is_unsigned_module(const Root& root, const std::string& path) {
  constexpr std::string_view trailer = "~Module signature appended~\n";
  constexpr std::string_view plain = ".ko";
  if (path.size() < plain.size() || path.substr(path.size() - plain.size()) != plain) return false;
  std::error_code error;
  const Descriptor file = root.open(path, O_RDONLY, error);
  if (error) return false;
  const off_t start = ::lseek(file.number(), 0, SEEK_END) - static_cast<off_t>(trailer.size());
  std::array<char, trailer.size()> end{};
  if (start < 0 || ::pread(file.number(), end.data(), end.size(), start) != ssize_t{end.size()})
    return false;
  return std::string_view(end.data(), end.size()) != trailer;
}

}  // namespace driver_override
