// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/boot_display.hpp"

#include <cstdint>

#include "hook/sysfs.hpp"
#include "hook/vfio.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/advice/warning.hpp"
#include "tool/machine/framebuffer.hpp"
#include "tool/machine/initcall.hpp"
#include "tool/machine/lines.hpp"

namespace driver_override {
namespace {

constexpr std::uint32_t vga_class = 0x0300;

bool is_boot_vga(const Root& root, const DeviceId& device) {
  std::error_code error;
  return root.read(sysfs_device_path(device) + "/boot_vga", error) == "1\n";
}

}  // namespace

BootDisplay::BootDisplay(const Root& root, const Configuration& configuration)
    : root_(root), configuration_(configuration) {
  std::error_code error;
  for_each_line(
      root, "proc/iomem", [&](std::string_view line) { iomem_.append(line) += '\n'; }, error);
}

std::optional<Message> BootDisplay::advise(const Action& action) {
  const DeviceId& device = action.device.id;
  if (device.bus != "pci") return std::nullopt;
  // At boot the framebuffer is there even if a driver of the card has removed it since.
  const std::string_view framebuffer = find_framebuffer(iomem_, device.name);
  if (framebuffer.empty() && !is_boot_vga(root_, device)) return std::nullopt;
  const std::string text = to_text(device);
  const std::string name = framebuffer.empty() ? "" : " " + in_quotes(framebuffer);
  const bool is_vga = action.device.pci_class.value_or(0) >> 8U == vga_class;
  if (keeps_framebuffer(action.driver, is_vga))
    return warning_of_rule(configuration_, action.rule,
                           {text, " is the boot display, and ", in_quotes(action.driver),
                            " leaves the boot framebuffer", name, " in its memory"},
                           hint_for_kept_framebuffer());
  if (action.driver == no_driver)
    return warning_of_rule(configuration_, action.rule,
                           {text,
                            " is the boot display: without a driver, at most the boot framebuffer "
                            "shows the console"});
  return warning_of_rule(
      configuration_, action.rule, {text, " is the boot display: the console goes with it"},
      is_vfio(action.driver) ? hint_for_vfio(action.driver, name) : std::string());
}

std::string BootDisplay::hint_for_vfio(const std::string& driver, const std::string& framebuffer) {
  return in_quotes(driver) + " removes the boot framebuffer" + framebuffer +
         " itself since Linux 6.0" +
         (parameter().empty() ? "" : "; an older kernel wants " + parameter());
}

std::string BootDisplay::hint_for_kept_framebuffer() {
  if (parameter().empty())
    return "this kernel has no initcall sysfb_init that could be left out: nothing keeps it from "
           "making one";
  return parameter() +
         " keeps the kernel from making one; then there is no console before a graphics driver is "
         "loaded";
}

const std::string& BootDisplay::parameter() {
  if (parameter_) return *parameter_;
  const std::string function = "sysfb_init";
  std::string name = find_initcall(root_, function);
  if (!name.empty() && name != function)
    name += " (a name that changes with each build of the kernel)";
  return parameter_.emplace(name.empty() ? "" : "initcall_blacklist=" + name);
}

}  // namespace driver_override
