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

/// The module of a file such as "kernel/drivers/pci/pci-stub.ko.xz".
std::string module_of_file(std::string_view file) {
  file.remove_prefix(file.rfind('/') + 1);
  return normalised(file.substr(0, file.find(".ko")));
}

/// The files of a list, each with the folder before it: in modules.dep up to a colon.
void read_files(const Root& root, const std::string& folder, const std::string& list,
                std::vector<std::string>& files) {
  std::error_code error;
  const Descriptor file = root.open(folder + list, O_RDONLY, error);
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
      files.push_back(folder + line.substr(0, line.find(':')));
      line.clear();
    }
  }
}

/// The file of that module; empty where it is not among them.
std::string find_file(const std::vector<std::string>& files, const std::string& name) {
  for (const std::string& file : files)
    if (module_of_file(file) == normalised(name)) return file;
  return {};
}

}  // namespace

KernelModules::KernelModules(const Root& root) {
  std::error_code error;
  std::string release = root.read("proc/sys/kernel/osrelease", error);
  while (!release.empty() && release.back() == '\n') release.pop_back();
  if (release.empty() || release.find('/') != std::string::npos) return;
  for (const char* modules : {"lib/modules/", "usr/lib/modules/"}) {
    const std::string folder = modules + release + "/";
    read_files(root, folder, "modules.dep", loadable_);
    read_files(root, folder, "modules.builtin", built_in_);
  }
}

bool KernelModules::has(const std::string& name) const {
  return !find_file(loadable_, name).empty() || !find_file(built_in_, name).empty();
}

std::string KernelModules::file(const std::string& name) const {
  return find_file(loadable_, name);
}

}  // namespace driver_override
