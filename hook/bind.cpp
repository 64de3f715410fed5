// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/bind.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "hook/modules.hpp"
#include "parser/diagnostic.hpp"

namespace driver_override {
namespace {

// A PCI device that has just appeared binds a moment after drivers_probe (drivers/pci/bus.c,
// pci_bus_add_device).
constexpr std::chrono::milliseconds link_wait{1000};
constexpr std::chrono::milliseconds link_step{10};

std::string in_words(const std::error_code& error) {
  return std::strerror(error.value());
}

/// The steps for one device.
class DeviceBinder {
 public:
  DeviceBinder(Kernel& kernel, Outcome& outcome)
      : kernel_(kernel),
        outcome_(outcome),
        device_(outcome.action.device.id),
        wanted_(outcome.action.driver) {}

  /// Writes the override. True where the device goes on to settle().
  bool write_override() {
    std::error_code error;
    const std::string present = kernel_.read_override(device_, error);
    if (error) return fail_override("reading", error);
    had_override_ = present == wanted_;
    if (had_override_) return true;
    if (!present.empty() && !outcome_.action.spelled_out) {
      outcome_.state = State::left_alone;
      outcome_.detail = "its override is " + in_quotes(present) +
                        " already, and only a rule that spells the device out replaces it";
      return false;
    }
    kernel_.write_override(device_, wanted_, error);
    if (error) return fail_override("writing", error);
    return true;
  }

  /// The module to load before the wanted driver can be used; none where it is registered.
  [[nodiscard]] std::optional<std::string> missing_module() const {
    if (keeps_free() || kernel_.is_registered(device_.bus, wanted_)) return std::nullopt;
    return module_of(device_.bus, wanted_, outcome_.action.module);
  }

  /// Gives the device to the wanted driver and says how that went.
  void settle(const std::string& module_fault) {
    std::optional<std::string> current = kernel_.driver_of(device_);
    if (is_wanted(current)) return succeed(was_so_already() ? State::unchanged : State::bound);
    if (!keeps_free() && !kernel_.is_registered(device_.bus, wanted_))
      return fail("the driver " + in_quotes(wanted_) + " is not there" + module_fault);
    for (int attempt = 0; attempt < 2; ++attempt) {
      if (current && !take_from(*current)) return;
      if (keeps_free()) {
        current = kernel_.driver_of(device_);
      } else {
        if (!probe()) return;
        current = await_driver();
      }
      if (is_wanted(current)) return succeed(State::bound);
      if (!current) return bind();
    }
    fail("the driver " + in_quotes(*current) + " took it again");
  }

 private:
  [[nodiscard]] bool keeps_free() const { return wanted_ == no_driver; }

  [[nodiscard]] bool is_wanted(const std::optional<std::string>& driver) const {
    return keeps_free() ? !driver : driver == wanted_;
  }

  [[nodiscard]] bool was_so_already() const {
    return had_override_ && is_wanted(outcome_.action.device.driver);
  }

  void succeed(State state) { outcome_.state = state; }

  void fail(std::string detail) {
    outcome_.state = State::failed;
    outcome_.detail = std::move(detail);
  }

  bool fail_override(const std::string& step, const std::error_code& error) {
    const bool absent = error == std::errc::no_such_file_or_directory;
    if (error == std::errc::no_such_device || (absent && !kernel_.device_exists(device_)))
      fail(step + " driver_override: the device has gone");
    else if (absent)
      fail("devices of the bus " + in_quotes(device_.bus) + " take no override");
    else
      fail(step + " driver_override: " + in_words(error));
    return false;
  }

  bool take_from(const std::string& driver) {
    std::error_code error;
    kernel_.unbind(device_, driver, error);
    // ENODEV: the driver has let go of it meanwhile.
    if (!error || error == std::errc::no_such_device) return true;
    if (error == std::errc::no_such_file_or_directory && kernel_.device_exists(device_))
      fail("the driver " + in_quotes(driver) + " has it and permits no unbinding");
    else
      fail("unbinding it from " + in_quotes(driver) + ": " + in_words(error));
    return false;
  }

  bool probe() {
    std::error_code error;
    kernel_.probe(device_, error);
    if (!error) return true;
    fail(error == std::errc::no_such_device ? "probing: the device has gone"
                                            : "probing: " + in_words(error));
    return false;
  }

  std::optional<std::string> await_driver() {
    std::optional<std::string> driver = kernel_.driver_of(device_);
    for (auto waited = link_step; !driver && waited <= link_wait; waited += link_step) {
      kernel_.wait(link_step);
      driver = kernel_.driver_of(device_);
    }
    return driver;
  }

  /// Probing bound nothing: binding by name says why.
  void bind() {
    std::error_code error;
    kernel_.bind(device_, wanted_, error);
    if (is_wanted(kernel_.driver_of(device_))) return succeed(State::bound);
    fail("the driver " + in_quotes(wanted_) + " does not take it" +
         (error ? ": " + in_words(error) : std::string()));
  }

  Kernel& kernel_;
  Outcome& outcome_;
  const DeviceId& device_;
  const std::string& wanted_;
  bool had_override_ = false;
};

/// Loads the modules of all drivers that are still missing; returns a clause that says what went
/// wrong, or an empty one.
std::string load_missing(Kernel& kernel, const std::vector<DeviceBinder*>& binders) {
  std::set<std::string> missing;
  for (const DeviceBinder* binder : binders)
    if (auto module = binder->missing_module()) missing.insert(*module);
  if (missing.empty()) return {};
  std::error_code error;
  const int status = kernel.load_modules({missing.begin(), missing.end()}, error);
  if (error) return ": modprobe could not be run: " + in_words(error);
  if (status != 0) return ": modprobe ended with status " + std::to_string(status);
  return ": its module was loaded, but registers no driver of that name";
}

}  // namespace

std::vector<Outcome> carry_out(const Plan& plan, Kernel& kernel,
                               const std::function<void(const Action&)>& before) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(plan.actions.size());  // the binders refer to the outcomes
  std::vector<DeviceBinder> binders;
  binders.reserve(plan.actions.size());
  std::vector<DeviceBinder*> live;
  for (const Action& action : plan.actions) {
    before(action);
    outcomes.push_back({action, State::failed, {}});
    binders.emplace_back(kernel, outcomes.back());
    if (binders.back().write_override()) live.push_back(&binders.back());
  }
  const std::string module_fault = load_missing(kernel, live);
  for (DeviceBinder* binder : live) binder->settle(module_fault);
  return outcomes;
}

}  // namespace driver_override
