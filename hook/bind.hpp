// SPDX-License-Identifier: LGPL-2.1-or-later
// Plan → outcomes, step by step through Kernel. The order of the steps is what makes it safe, and
// is decided here alone. Neither forks nor reads a clock.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hook/kernel.hpp"
#include "hook/plan.hpp"
#include "hook/steps.hpp"

namespace driver_override {

enum class BindState {
  bound,       ///< the wanted driver has the device; for "none": no driver has it
  unchanged,   ///< so it was already, and nothing was written
  left_alone,  ///< it has an override that is not ours, or a driver that it is not taken from
  waiting,     ///< left to the real root, or the kernel tries again by itself
  failed,
  unfinished,  ///< nobody comes later: a step did not end, and may never end
  written      ///< only the override was to be written, and it is
};

/// How far to go.
enum class BindMode {
  early,       ///< what is missing, slow or not reached is looked at again in the real root
  conclusive,  ///< nobody comes later: a driver that is missing is a fault
  write_only   ///< write the overrides, and ask no driver
};

struct Outcome {
  Action action;
  BindState state = BindState::failed;
  std::string reason;  ///< the failed step and the reason; or why it was left alone or waits
  bool hangs = false;  ///< a step for it did not end in time
};

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

  /// Does a step. None where there is nothing to do in it.
  std::optional<std::string> run(std::size_t step, const Announce& announce);

  /// Learns what came of a step.
  void learn(std::size_t step, std::string_view learnt);

  /// Learns that a step came to no end.
  void give_up(std::size_t step, const GivenUp& why);

  /// The device that the step is about: its place among the outcomes. None where it is about all.
  [[nodiscard]] std::optional<std::size_t> device_of(std::size_t step) const;

  /// True where nothing more will happen to the device.
  [[nodiscard]] bool is_settled(std::size_t device) const;

  [[nodiscard]] const Outcome& outcome(std::size_t device) const {
    return devices_[device].outcome;
  }

  /// All of them, in the plan's order. The binding is of no use after that.
  [[nodiscard]] std::vector<Outcome> take_outcomes();

 private:
  /// Where a device stands.
  enum class Stage : char {
    at_override = 'o',
    at_probe = 'p',
    at_await = 'a',  ///< the wanted driver has it, and its probe may still run
    at_verify = 'v',
    settled = 's'
  };
  struct DeviceProgress {
    Outcome outcome;
    Stage stage = Stage::at_override;
    bool had_override = false;   ///< the wanted one, before the first step
    std::string old_override{};  ///< that was replaced
    std::string load_fault{};    ///< why its module alone could not be loaded
    long waited_at_probe = 0;    ///< milliseconds that had been waited in all when it was probed
  };
  class DeviceSteps;

  [[nodiscard]] std::string name_of(std::size_t step) const;
  [[nodiscard]] bool hangs(const std::string& driver) const { return hanging_.count(driver) != 0; }
  /// The state of a device that was not brought to an end.
  [[nodiscard]] BindState open_state(BindState for_good) const {
    return mode_ == BindMode::early ? BindState::waiting : for_good;
  }
  std::optional<std::string> load_all(const Announce& announce);
  std::optional<std::string> load_one(DeviceProgress& progress, const Announce& announce);
  std::string load(const std::vector<std::string>& modules, const Announce& announce);

  Kernel& kernel_;
  BindMode mode_;
  std::vector<DeviceProgress> devices_;
  std::string load_fault_;  ///< why not all modules could be loaded
  bool load_hangs_ = false;
  std::set<std::string> hanging_;  ///< drivers of which a step did not end
  long waited_ = 0;                ///< milliseconds, in this process
};

}  // namespace driver_override
