// SPDX-License-Identifier: LGPL-2.1-or-later
// Plan → outcomes, step by step through Kernel. The order of the steps is what makes it safe, and
// is decided here alone. Neither forks nor reads a clock.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hook/child.hpp"
#include "hook/kernel.hpp"
#include "hook/plan.hpp"

namespace driver_override {

enum class State {
  bound,       ///< the wanted driver has the device; for "none": no driver has it
  unchanged,   ///< so it was already, and nothing was written
  left_alone,  ///< it has an override that is not ours
  waiting,     ///< the override stands, and its driver cannot be had yet
  failed,
  unfinished,  ///< a step did not end, and may never end
  written      ///< only the override was to be written, and it is
};

/// How far to go.
enum class Extent {
  leave_to_root,  ///< a driver that is missing now may be there in the real root
  to_the_end,     ///< nobody comes later: a driver that is missing is a fault
  write_only      ///< write the overrides, and ask no driver
};

struct Outcome {
  Action action;
  State state = State::failed;
  std::string detail;  ///< the failed step and the reason; or why it was left alone or waits
};

/// Carries out a plan as numbered steps, done in their order: writes all overrides; loads the
/// modules of the drivers that are not registered, all at once; then for each device unbinds
/// another driver once the wanted one is registered, and probes; then verifies each by its `driver`
/// link. A fault of one device stops no other, and a device whose override could not be written is
/// not touched further.
///
/// Steps may run in another process than the one that gathers the outcomes: run() returns what
/// take_in() must learn of it.
class Binding {
 public:
  /// \param kernel  outlives the binding
  Binding(const Plan& plan, Kernel& kernel, Extent extent);

  [[nodiscard]] std::size_t steps() const { return 4 * devices_.size() + 1; }

  /// Does a step. None where there is nothing to do in it.
  std::optional<std::string> run(std::size_t step, const Begin& begin);

  /// Learns what came of a step.
  void take_in(std::size_t step, std::string_view learnt);

  /// Learns that a step came to no end.
  void give_up(std::size_t step, const GivenUp& why);

  /// The device that the step is about: its place among the outcomes. None where it is about all.
  [[nodiscard]] std::optional<std::size_t> device_of(std::size_t step) const;

  /// True where nothing more will happen to the device.
  [[nodiscard]] bool is_settled(std::size_t device) const;

  [[nodiscard]] const Outcome& outcome(std::size_t device) const {
    return devices_[device].outcome;
  }

 private:
  /// Where a device stands.
  enum class Stage : char { at_override = 'o', at_probe = 'p', at_verify = 'v', settled = 's' };
  struct Progress {
    Outcome outcome;
    Stage stage = Stage::at_override;
    bool had_override = false;  ///< the wanted one, before the first step
    std::string load_fault{};   ///< why its module alone could not be loaded
    long waited_at_probe = 0;   ///< milliseconds that had been waited in all when it was probed
  };
  class Device;

  [[nodiscard]] std::string name_of(std::size_t step) const;
  std::optional<std::string> load_all(const Begin& begin);
  std::optional<std::string> load_one(Progress& progress, const Begin& begin);
  std::string load(const std::vector<std::string>& modules, const Begin& begin);

  Kernel& kernel_;
  Extent extent_;
  std::vector<Progress> devices_;
  std::string load_fault_;  ///< why not all modules could be loaded
  bool load_hangs_ = false;
  long waited_ = 0;  ///< milliseconds, in this process
};

}  // namespace driver_override
