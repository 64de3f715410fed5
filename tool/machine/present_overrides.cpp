// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/present_overrides.hpp"

#include "hook/child.hpp"
#include "hook/kernel.hpp"

namespace driver_override {
namespace {

constexpr std::chrono::milliseconds patience{1000};
constexpr std::chrono::milliseconds patience_in_all{10000};

}  // namespace

std::map<DeviceId, PresentOverride> read_present_overrides(const Root& root,
                                                           const std::vector<DeviceId>& devices) {
  std::map<DeviceId, PresentOverride> found;
  RunningKernel kernel(root);
  Steps steps;
  steps.count = devices.size();
  steps.run = [&](std::size_t step, const Announce&) -> std::optional<std::string> {
    std::error_code error;
    return kernel.read_override(devices[step], error);
  };
  steps.ended = [&](std::size_t step, std::string_view learnt) {
    found[devices[step]] = {std::string(learnt), false};
  };
  steps.gave_up = [&](std::size_t step, const GivenUp&) { found[devices[step]] = {{}, true}; };
  run_in_child(steps, {patience, patience, patience_in_all});
  return found;
}

}  // namespace driver_override
