// SPDX-License-Identifier: LGPL-2.1-or-later
// What is done for one device: its override, its driver, and what either refuses. The order of all
// devices' steps is hook/bind's.
#pragma once

#include <optional>
#include <set>
#include <string>

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
  /// What is missing, slow or not reached, or failed by a fault that may pass, is looked at again
  /// in the real root.
  early,
  conclusive,  ///< nobody comes later: a driver that is missing is a fault
  write_only   ///< write the overrides, and ask no driver
};

struct Outcome {
  Action action;
  BindState state = BindState::failed;
  std::string reason;  ///< the failed step and its cause; or why it was left alone or waits
  bool hangs = false;  ///< a step for it did not end in time
  bool is_override_set = true;  ///< of one that waits: false if it waits for that, too
  std::string replaced{};       ///< the override of others that was there before; empty if none
};

/// How far a device has come.
struct DeviceProgress {
  enum class Stage : char {
    at_override = 'o',
    at_probe = 'p',
    at_await = 'a',  ///< the wanted driver has it, and its probe may still run
    at_verify = 'v',
    settled = 's'
  };
  Outcome outcome;
  Stage stage = Stage::at_override;
  bool had_override = false;  ///< the wanted one, before the first step
  /// That was replaced; none if it is known no more.
  std::optional<std::string> old_override = std::string();
  std::string load_fault{};  ///< why its module alone could not be loaded
  long waited_at_probe = 0;  ///< milliseconds that had been waited in all when it was probed
};

/// What the devices of a run share.
struct RunProgress {
  BindMode mode = BindMode::conclusive;
  std::string load_fault{};  ///< why not all modules could be loaded
  bool load_hangs = false;
  std::set<std::string> hanging{};  ///< drivers of which a step did not end
  long waited = 0;                  ///< milliseconds, in this process

  [[nodiscard]] bool hangs(const std::string& driver) const { return hanging.count(driver) != 0; }
  /// The state of a device that was not brought to an end.
  [[nodiscard]] BindState open_state(BindState for_good) const {
    return mode == BindMode::early ? BindState::waiting : for_good;
  }
};

/// The steps for one device, in the process that does them. Each moves its progress on.
class DeviceSteps {
 public:
  /// All of them outlive the object.
  DeviceSteps(RunProgress& run, DeviceProgress& progress, Kernel& kernel, const Announce& announce);

  void write_override();

  /// The module to load before the wanted driver can be used; none if it is registered.
  [[nodiscard]] std::optional<std::string> missing_module() const;

  /// Frees the device of another driver and lets the wanted one try.
  void probe();

  /// Looks at what the probe has come to, and if need be asks once more.
  void verify();

 private:
  [[nodiscard]] bool keeps_free() const;
  [[nodiscard]] bool is_registered() const;
  [[nodiscard]] bool is_wanted(const std::optional<std::string>& driver) const;
  [[nodiscard]] std::optional<std::string> other_driver() const;
  [[nodiscard]] std::optional<std::string> hanging_driver(
      const std::optional<std::string>& current) const;
  void settle(BindState state, std::string reason);
  void settle_behind(const std::string& driver);
  template <typename Write>
  std::error_code write_again_if_cut_short(const Write& write);
  void settle_fault(const std::error_code& error, std::string reason, const char* how_it_is = "");
  void fail_override(const std::string& step, const std::error_code& error);
  void settle_without_driver();
  void spare(const std::string& driver);
  void restore_override();
  bool take_from(const std::string& driver);
  std::error_code await_end_of_probe();
  bool ask_to_probe();
  std::optional<std::string> await_driver();
  std::error_code bind_by_name();
  void bind();
  [[nodiscard]] std::string way_back(const std::string& how_it_is) const;

  RunProgress& run_;
  DeviceProgress& progress_;
  Kernel& kernel_;
  const Announce& announce_;
  const Action& action_;
  const DeviceId& device_;
  const std::string& wanted_;
};

}  // namespace driver_override
