// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/kernel_modules.hpp"

#include <boost/filesystem/path.hpp>
#include <string_view>

#include "hook/modules.hpp"
#include "tool/machine/lines.hpp"

namespace driver_override {
namespace {

/// The module of a file such as "kernel/drivers/pci/pci-stub.ko.xz".
std::string module_of_file(const boost::filesystem::path& file) {
  const std::string name = file.filename().native();
  return normalised_module(name.substr(0, name.find(".ko")));
}

/// The files of a list, each with the folder before it: in modules.dep up to a colon.
void read_module_files(const Root& root, const std::string& folder, const std::string& list,
                       std::vector<std::string>& files) {
  std::error_code error;
  for_each_line(
      root, folder + list,
      [&](std::string_view line) {
        files.push_back(folder + std::string(line.substr(0, line.find(':'))));
      },
      error);
}

/// The file of that module; empty if it is not among them.
std::string find_module_file(const std::vector<std::string>& files, const std::string& name) {
  for (const std::string& file : files)
    if (module_of_file(file) == normalised_module(name)) return file;
  return {};
}

}  // namespace

std::vector<std::string> module_folders(const Root& root) {
  std::error_code error;
  std::string release = root.read("proc/sys/kernel/osrelease", error);
  while (!release.empty() && release.back() == '\n') release.pop_back();
  if (release.empty() || release.find('/') != std::string::npos) return {};
  return {"lib/modules/" + release + "/", "usr/lib/modules/" + release + "/"};
}

KernelModules::KernelModules(const Root& root) {
  for (const std::string& folder : module_folders(root)) {
    read_module_files(root, folder, "modules.dep", loadable_);
    read_module_files(root, folder, "modules.builtin", built_in_);
  }
}

bool KernelModules::has(const std::string& name) const {
  return !find_module_file(loadable_, name).empty() || !find_module_file(built_in_, name).empty();
}

std::string KernelModules::file(const std::string& name) const {
  return find_module_file(loadable_, name);
}

}  // namespace driver_override
