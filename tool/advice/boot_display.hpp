// SPDX-License-Identifier: LGPL-2.1-or-later
// What becomes of the console if the device that shows it goes to another driver.
#pragma once

#include <optional>
#include <string>

#include "hook/configuration.hpp"
#include "hook/plan.hpp"
#include "hook/root.hpp"
#include "parser/message.hpp"

namespace driver_override {

class BootDisplay {
 public:
  /// Both outlive it; /proc/iomem is read at once.
  BootDisplay(const Root& root, const Configuration& configuration);

  /// None for a device that is not the boot display. The first that wants a boot framebuffer
  /// prevented has the kernel's symbols read.
  std::optional<Message> advise(const Action& action);

 private:
  /// \param framebuffer  its name with a blank in front, or empty
  std::string hint_for_vfio(const std::string& driver, const std::string& framebuffer);
  std::string hint_for_kept_framebuffer();
  /// What keeps this kernel from making a boot framebuffer; empty if nothing does.
  const std::string& parameter();

  const Root& root_;
  const Configuration& configuration_;
  std::string iomem_;
  std::optional<std::string> parameter_;
};

}  // namespace driver_override
