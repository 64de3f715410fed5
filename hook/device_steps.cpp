// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/device_steps.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "hook/modules.hpp"
#include "hook/override_decision.hpp"
#include "hook/refusal.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

// A PCI device that has just appeared binds a moment after drivers_probe (drivers/pci/bus.c,
// pci_bus_add_device).
constexpr std::chrono::milliseconds link_wait{1000};
constexpr std::chrono::milliseconds link_step{10};

/// A module's name as the kernel and most of modprobe's messages have it.
std::string module_with_underscores(std::string text) {
  std::replace(text.begin(), text.end(), '-', '_');
  return text;
}

/// A fault of loading as it concerns one module: its first line, and the first of modprobe's own
/// lines behind it that speaks of the module.
std::string device_step_fault(const std::string& fault, const std::string& module) {
  const std::size_t first = std::min(fault.find('\n'), fault.size());
  for (std::size_t at = first; at < fault.size();) {
    const std::size_t end = std::min(fault.find('\n', ++at), fault.size());
    const std::string line = fault.substr(at, end - at);
    if (module_with_underscores(line).find(module_with_underscores(module)) != std::string::npos)
      return fault.substr(0, first) + ": " + line;
    at = end;
  }
  return fault.substr(0, first);
}

/// True for a fault of a machine that is short of something for a moment.
bool is_passing_fault(const std::error_code& error) {
  constexpr std::array passing = {ENOMEM, EMFILE, ENFILE, EAGAIN, EINTR};
  return std::find(passing.begin(), passing.end(), error.value()) != passing.end();
}

constexpr const char* without_driver = "it stays without a driver";
constexpr const char* overridden = "its override stays set";

}  // namespace

using Stage = DeviceProgress::Stage;

DeviceSteps::DeviceSteps(RunProgress& run, DeviceProgress& progress, Kernel& kernel,
                         const Announce& announce)
    : run_(run),
      progress_(progress),
      kernel_(kernel),
      announce_(announce),
      action_(progress.outcome.action),
      device_(action_.device.id),
      wanted_(action_.driver) {}

/// A write that a signal has cut short is done again, if that is still wanted.
///
/// \param write  one of the kernel's, which is given the error to set
/// \return that of the last time
template <typename Write>
std::error_code DeviceSteps::write_again_if_cut_short(const Write& write) {
  constexpr int most_tries = 10;
  std::error_code error;
  write(error);
  for (int tries = 1; error == std::errc::interrupted && tries < most_tries; ++tries) {
    announce_({}, {});
    write(error);
  }
  return error;
}

void DeviceSteps::write_override() {
  if (action_.only_if_free)
    if (const auto other = other_driver()) return spare(*other);
  std::error_code error;
  announce_("reading driver_override", {});
  const std::string present = kernel_.read_override(device_, error);
  if (error) return fail_override("reading", error);
  const OverrideDecision decision = decide_override(action_, present);
  if (decision.kind == OverrideDecision::Kind::leave_alone)
    return settle(BindState::left_alone, decision.reason);
  progress_.had_override = decision.kind == OverrideDecision::Kind::keep;
  if (!progress_.had_override) {
    progress_.old_override = present;
    announce_("writing driver_override", {});
    error = write_again_if_cut_short(
        [&](std::error_code& fault) { kernel_.write_override(device_, wanted_, fault); });
    if (error) return fail_override("writing", error);
  }
  if (run_.mode == BindMode::write_only) return settle(BindState::written, {});
  progress_.stage = Stage::at_probe;
}

std::optional<std::string> DeviceSteps::missing_module() const {
  if (keeps_free() || is_registered()) return std::nullopt;
  return module_of(device_.bus, wanted_, action_.module);
}

void DeviceSteps::probe() {
  const std::optional<std::string> current = kernel_.driver_of(device_);
  if (progress_.had_override && is_wanted(current) && action_.device.driver == current &&
      !action_.unverified)
    return settle(BindState::unchanged, {});
  if (const auto driver = hanging_driver(current)) return settle_behind(*driver);
  if (!keeps_free() && !is_registered()) return settle_without_driver();
  // Its probe may still run: the others come first.
  if (!keeps_free() && is_wanted(current)) {
    progress_.stage = Stage::at_await;
    return;
  }
  if (current && !is_wanted(current) && !take_from(*current)) return;
  if (!keeps_free() && !ask_to_probe()) return;
  progress_.waited_at_probe = run_.waited;
  progress_.stage = Stage::at_verify;
}

void DeviceSteps::verify() {
  if (progress_.stage == Stage::at_await) {
    const std::error_code error = await_end_of_probe();
    if (is_passing_fault(error) && is_wanted(kernel_.driver_of(device_)))
      return settle_fault(error,
                          "awaiting its probe by " + in_quotes(wanted_) + ": " + error.message());
  }
  std::optional<std::string> current = await_driver();
  if (is_wanted(current)) return settle(BindState::bound, {});
  if (const auto driver = hanging_driver(current)) return settle_behind(*driver);
  if (current) {
    if (!take_from(*current) || (!keeps_free() && !ask_to_probe())) return;
    progress_.waited_at_probe = run_.waited;
    current = await_driver();
  }
  if (is_wanted(current)) return settle(BindState::bound, {});
  if (current)
    return settle(BindState::failed, "the driver " + in_quotes(*current) + " took it again");
  bind();
}

bool DeviceSteps::keeps_free() const {
  return wanted_ == no_driver;
}

bool DeviceSteps::is_registered() const {
  return kernel_.is_registered(device_.bus, wanted_);
}

bool DeviceSteps::is_wanted(const std::optional<std::string>& driver) const {
  return is_wanted_driver(wanted_, driver);
}

std::optional<std::string> DeviceSteps::other_driver() const {
  std::optional<std::string> driver = kernel_.driver_of(device_);
  if (is_wanted(driver)) driver.reset();
  return driver;
}

void DeviceSteps::settle(BindState state, std::string reason) {
  progress_.stage = Stage::settled;
  progress_.outcome.state = state;
  progress_.outcome.reason = std::move(reason);
}

/// A driver that would be asked to do something for the device, and hangs already.
std::optional<std::string> DeviceSteps::hanging_driver(
    const std::optional<std::string>& current) const {
  if (is_wanted(current)) return std::nullopt;
  if (current && run_.hangs(*current)) return current;
  if (keeps_free()) return std::nullopt;
  const bool loads =
      run_.load_hangs && kernel_.is_loading(module_of(device_.bus, wanted_, action_.module));
  return loads || run_.hangs(wanted_) ? std::optional(wanted_) : std::nullopt;
}

void DeviceSteps::settle_behind(const std::string& driver) {
  settle(run_.open_state(BindState::failed),
         "the driver " + in_quotes(driver) + " hangs and is not tried again");
}

/// A fault that may pass is left to the real root.
///
/// \param how_it_is  what way_back() is to say of a device that failed; nothing if empty
void DeviceSteps::settle_fault(const std::error_code& error, std::string reason,
                               const char* how_it_is) {
  settle(is_passing_fault(error) ? run_.open_state(BindState::failed) : BindState::failed,
         std::move(reason));
  const bool has_failed = progress_.outcome.state == BindState::failed;
  if (has_failed && *how_it_is != '\0') progress_.outcome.reason += way_back(how_it_is);
}

void DeviceSteps::fail_override(const std::string& step, const std::error_code& error) {
  const bool absent = error == std::errc::no_such_file_or_directory;
  if (error == std::errc::no_such_device || (absent && !kernel_.device_exists(device_)))
    settle(BindState::failed,
           step + " driver_override: " + missing_override_reason(device_, false));
  else if (absent)
    settle(BindState::failed, missing_override_reason(device_, true));
  else
    settle_fault(error, step + " driver_override: " + error.message());
}

/// What nobody could load waits for the real root.
void DeviceSteps::settle_without_driver() {
  const std::string module = module_of(device_.bus, wanted_, action_.module);
  const std::string& fault = progress_.load_fault.empty() ? run_.load_fault : progress_.load_fault;
  const bool is_last = run_.mode == BindMode::conclusive;
  settle(run_.open_state(BindState::failed),
         "the driver " + in_quotes(wanted_) + " is not there: " +
             (fault.empty()
                  ? "modprobe loaded " + in_quotes(module) + ", but it does not provide that driver"
                  : device_step_fault(fault, module)) +
             (is_last ? way_back(overridden) : ""));
}

/// A rule that takes only a free device, and a driver that came after the plan was made.
void DeviceSteps::spare(const std::string& driver) {
  settle(BindState::left_alone,
         in_quotes(driver) + " has it by now, and the rule takes only devices without a driver");
}

/// Puts back what was there before the device turned out to be taken.
void DeviceSteps::restore_override() {
  if (progress_.had_override) return;
  if (!progress_.old_override)
    return settle(
        BindState::failed,
        "restoring driver_override: the old one was too long to be kept" + way_back(overridden));
  announce_("restoring driver_override", {});
  const std::error_code error = write_again_if_cut_short([&](std::error_code& fault) {
    kernel_.write_override(device_, *progress_.old_override, fault);
  });
  if (!error) return;
  fail_override("restoring", error);
  progress_.outcome.state = BindState::failed;  // nobody does that later
}

bool DeviceSteps::take_from(const std::string& driver) {
  if (action_.only_if_free) {
    spare(driver);
    restore_override();
    return false;
  }
  const std::string step = "unbinding it from " + in_quotes(driver);
  announce_(step, driver);
  const std::error_code error = write_again_if_cut_short(
      [&](std::error_code& fault) { kernel_.unbind(device_, driver, fault); });
  // ENODEV: the driver has let go of it meanwhile, or the device has gone.
  if (!error || (error == std::errc::no_such_device && kernel_.device_exists(device_))) return true;
  if (!kernel_.device_exists(device_))
    settle(BindState::failed, step + ": the device has gone");
  else if (error == std::errc::no_such_file_or_directory)
    settle(BindState::failed,
           "the driver " + in_quotes(driver) +
               " has it and cannot be unbound; keep that driver from loading first" +
               way_back(overridden));
  else
    settle_fault(error, step + ": " + error.message(), overridden);
  return false;
}

/// A driver's link is there while its probe still runs, and drivers_probe passes such a device
/// over. What takes the device's lock waits for the probe: on some kernels to read the override;
/// on all to bind by name, which does nothing if the probe has ended well (drivers/base/dd.c,
/// device_driver_attach). That file is there only once the driver has looked at all devices
/// (drivers/base/bus.c, bus_add_driver).
///
/// \return what bind answers: mostly it shows in the link, too
std::error_code DeviceSteps::await_end_of_probe() {
  announce_("its probe by " + in_quotes(wanted_), wanted_);
  std::error_code error = bind_by_name();
  if (error != std::errc::no_such_file_or_directory) return error;
  std::error_code unread;
  (void)kernel_.read_override(device_, unread);
  const std::string module = module_of(device_.bus, wanted_, action_.module);
  while (error == std::errc::no_such_file_or_directory && kernel_.is_loading(module)) {
    kernel_.wait(link_step);
    announce_({}, {});  // who was given up meanwhile binds nothing more
    error = bind_by_name();
  }
  return error;
}

bool DeviceSteps::ask_to_probe() {
  announce_("probing", wanted_);
  const std::error_code error =
      write_again_if_cut_short([&](std::error_code& fault) { kernel_.probe(device_, fault); });
  if (!error) return true;
  if (error == std::errc::no_such_device)
    settle(BindState::failed, "probing: the device has gone");
  else
    settle_fault(error, "probing: " + error.message(), without_driver);
  return false;
}

/// Devices that were probed together wait together.
std::optional<std::string> DeviceSteps::await_driver() {
  std::optional<std::string> driver = kernel_.driver_of(device_);
  if (keeps_free()) return driver;
  while (!driver && run_.waited - progress_.waited_at_probe < link_wait.count()) {
    announce_("waiting for its driver", wanted_);  // each time: who waits does not hang
    kernel_.wait(link_step);
    run_.waited += link_step.count();
    driver = kernel_.driver_of(device_);
  }
  return driver;
}

std::error_code DeviceSteps::bind_by_name() {
  return write_again_if_cut_short(
      [&](std::error_code& fault) { kernel_.bind(device_, wanted_, fault); });
}

/// Probing bound nothing: binding by name says why.
void DeviceSteps::bind() {
  announce_("binding it to " + in_quotes(wanted_), wanted_);
  const std::error_code error = bind_by_name();
  if (is_wanted(kernel_.driver_of(device_))) return settle(BindState::bound, {});
  if (!kernel_.device_exists(device_))
    return settle(BindState::failed, "binding it: the device has gone");
  if (is_deferred_refusal(error))
    return settle(BindState::waiting, "the driver " + in_quotes(wanted_) +
                                          " waits for another device, and the kernel tries again");
  settle_fault(error,
               "the driver " + in_quotes(wanted_) +
                   " does not take it: " + explain_refusal(kernel_, action_, error),
               without_driver);
}

/// A device that is meant for a guest must not fall back to the host by itself.
std::string DeviceSteps::way_back(const std::string& how_it_is) const {
  return "; " + how_it_is + " until \"driver-override clear " + rule_name_of_device(device_) + '"';
}

}  // namespace driver_override
