// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/framebuffer.hpp"

#include <algorithm>
#include <array>

#include "hook/vfio.hpp"
#include "tool/machine/iommu.hpp"

namespace driver_override {
namespace {

// A level is two blanks. MAX_IORES_LEVEL is 5 in old kernels and 8 in new ones: from there on what
// lies in a range is indented as far as the range itself.
constexpr std::size_t flat_level = 5;
constexpr std::size_t deepest_level = 8;

/// The names under which they reserve their memory: drivers/firmware/sysfb_simplefb.c, then
/// drivers/video/fbdev and drivers/gpu/drm/sysfb.
bool is_framebuffer(std::string_view name) {
  constexpr std::array<std::string_view, 7> names = {"BOOTFB",    "efifb",  "vesafb", "simplefb",
                                                     "simpledrm", "efidrm", "vesadrm"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string_view find_framebuffer(std::string_view iomem, std::string_view device) {
  std::string_view found;
  std::array<std::string_view, deepest_level + 2> around;  // the range of each level
  for (std::size_t at = 0; at < iomem.size();) {
    const std::string_view line = iomem.substr(at, iomem.find('\n', at) - at);
    at += line.size() + 1;
    const std::size_t colon = line.find(" : ");
    const std::size_t indentation = line.find_first_not_of(' ');
    const std::size_t level = indentation / 2;
    if (colon == std::string_view::npos || indentation > colon || level > deepest_level) continue;
    const std::string_view name = line.substr(colon + 3);
    if (is_framebuffer(name))
      for (std::size_t outer = 0; outer < level + (level < flat_level ? 0 : 1); ++outer)
        if (around.at(outer) == device) found = name;
    around.at(level) = name;
    around.at(level + 1) = {};
  }
  return found;
}

bool keeps_framebuffer(const std::string& driver, bool is_vga) {
  return driver == "pci-stub" || driver == "uio_pci_generic" || (is_vfio(driver) && !is_vga);
}

}  // namespace driver_override
