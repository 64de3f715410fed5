// SPDX-License-Identifier: LGPL-2.1-or-later
// Plan → outcomes, step by step through Kernel. The order of the steps is what makes it safe, and
// is decided here alone. Neither forks nor reads a clock.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hook/device_steps.hpp"
#include "hook/kernel.hpp"
#include "hook/plan.hpp"
#include "hook/steps.hpp"

namespace driver_override {

/// Carries out a plan as numbered steps, done in their order: writes all overrides; loads the
/// modules of the drivers that are not registered, all at once; then for each device unbinds
/// another driver once the wanted one is registered, and probes; then verifies each by its `driver`
/// link. A fault of one device stops no other, and a device whose override could not be written is
/// not touched further. Once a driver hangs, the other devices that need it are not tried: each
/// would hang as long.
///
/// Steps may run in another process than the one that gathers the outcomes: run() returns what
/// learn() must learn of it.
class Binding {
 public:
  /// \param kernel  outlives the binding
  Binding(Plan plan, Kernel& kernel, BindMode mode);

  [[nodiscard]] std::size_t steps() const { return 4 * devices_.size() + 1; }

  /// Does a step. None if there is nothing to do in it.
  std::optional<std::string> run(std::size_t step, const Announce& announce);

  /// Learns what came of a step.
  void learn(std::size_t step, std::string_view learnt);

  /// Learns that a step came to no end.
  void give_up(std::size_t step, const GivenUp& why);

  /// The device that the step is about: its place among the outcomes. None if it is about all.
  [[nodiscard]] std::optional<std::size_t> device_of(std::size_t step) const;

  /// True if nothing more will happen to the device.
  [[nodiscard]] bool is_settled(std::size_t device) const;

  [[nodiscard]] const Outcome& outcome(std::size_t device) const {
    return devices_[device].outcome;
  }

  /// All of them, in the plan's order. The binding is of no use after that.
  [[nodiscard]] std::vector<Outcome> take_outcomes();

 private:
  [[nodiscard]] std::string name_of(std::size_t step) const;
  std::optional<std::string> load_all(const Announce& announce);
  std::optional<std::string> load_one(DeviceProgress& progress, const Announce& announce);
  std::string load(const std::vector<std::string>& modules, const Announce& announce);

  Kernel& kernel_;
  RunProgress run_;
  std::vector<DeviceProgress> devices_;
};

}  // namespace driver_override
