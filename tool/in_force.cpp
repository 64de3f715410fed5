// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/in_force.hpp"

#include <cstring>

#include "hook/saved_rules.hpp"
#include "hook/udev_rules.hpp"

namespace driver_override {

bool put_in_force(const Root& root, const Configuration& configuration, const Log& log) {
  std::error_code error;
  save_rules(root, configuration, error);
  const bool saved = !error;
  if (error)
    log.line(Severity::error, "/run/driver-override/rules: the rules cannot be kept for later: " +
                                  std::string(std::strerror(error.value())));
  // Without saved rules udev's call would find none.
  const bool active = saved && configuration.enabled;
  write_udev_rules(root, active ? configuration.rules : std::vector<Rule>(), error);
  if (error)
    log.line(Severity::error, "/run/udev/rules.d: devices that appear later will be missed: " +
                                  std::string(std::strerror(error.value())));
  return saved && !error;
}

void log_unreadable_rules(const Log& log, const std::error_code& error) {
  log.line(Severity::error,
           "/run/driver-override/rules: " + std::string(std::strerror(error.value())) +
               "; nothing is done, as an exception might be lost");
}

}  // namespace driver_override
