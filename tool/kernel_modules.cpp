// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/kernel_modules.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace driver_override {
namespace {

std::string normalised(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), '-', '_');
  return text;
}

/// The module of a line such as "kernel/drivers/pci/pci-stub.ko.xz: …".
std::string module_of_line(std::string_view line) {
  line = line.substr(0, line.find(':'));
  line.remove_prefix(line.rfind('/') + 1);
  return normalised(line.substr(0, line.find(".ko")));
}

}  // namespace

KernelModules::KernelModules(const Root& root) {
  std::error_code error;
  std::string release = root.read("proc/sys/kernel/osrelease", error);
  while (!release.empty() && release.back() == '\n') release.pop_back();
  if (release.empty() || release.find('/') != std::string::npos) return;
  for (const char* folder : {"lib/modules/", "usr/lib/modules/"})
    for (const char* file : {"/modules.dep", "/modules.builtin"})
      read(root, folder + release + file);
}

void KernelModules::read(const Root& root, const std::string& path) {
  std::error_code error;
  const Descriptor file = root.open(path, O_RDONLY, error);
  if (error) return;
  // A distribution's modules.dep may be larger than Root::read() takes.
  std::string line;
  std::array<char, 65536> buffer{};
  for (ssize_t got = 0; (got = ::read(file.number(), buffer.data(), buffer.size())) > 0;) {
    for (const char byte : std::string_view(buffer.data(), static_cast<std::size_t>(got))) {
      if (byte != '\n') {
        line += byte;
        continue;
      }
      names_.insert(module_of_line(line));
      line.clear();
    }
  }
}

bool KernelModules::has(const std::string& name) const {
  return names_.count(normalised(name)) != 0;
}

}  // namespace driver_override
