// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/bind.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

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
std::string with_underscores(std::string text) {
  std::replace(text.begin(), text.end(), '-', '_');
  return text;
}

/// A fault of loading as it concerns one module: its first line, and the first of modprobe's own
/// lines behind it that speaks of the module.
std::string fault_of(const std::string& fault, const std::string& module) {
  const std::size_t first = std::min(fault.find('\n'), fault.size());
  for (std::size_t at = first; at < fault.size();) {
    const std::size_t end = std::min(fault.find('\n', ++at), fault.size());
    const std::string line = fault.substr(at, end - at);
    if (with_underscores(line).find(with_underscores(module)) != std::string::npos)
      return fault.substr(0, first) + ": " + line;
    at = end;
  }
  return fault.substr(0, first);
}

}  // namespace

/// The steps for one device, in the process that does them.
class Binding::DeviceSteps {
 public:
  DeviceSteps(Binding& binding, DeviceProgress& progress, const Announce& announce)
      : binding_(binding),
        kernel_(binding.kernel_),
        progress_(progress),
        announce_(announce),
        action_(progress.outcome.action),
        device_(action_.device.id),
        wanted_(action_.driver) {}

  void write_override() {
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
      kernel_.write_override(device_, wanted_, error);
      if (error) return fail_override("writing", error);
    }
    if (binding_.mode_ == BindMode::write_only) return settle(BindState::written, {});
    progress_.stage = Stage::at_probe;
  }

  /// The module to load before the wanted driver can be used; none if it is registered.
  [[nodiscard]] std::optional<std::string> missing_module() const {
    if (keeps_free() || is_registered()) return std::nullopt;
    return module_of(device_.bus, wanted_, action_.module);
  }

  /// Frees the device of another driver and lets the wanted one try.
  void probe() {
    const std::optional<std::string> current = kernel_.driver_of(device_);
    if (progress_.had_override && is_wanted(current) && action_.device.driver == current &&
        !action_.hung_before)
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
    progress_.waited_at_probe = binding_.waited_;
    progress_.stage = Stage::at_verify;
  }

  void verify() {
    if (progress_.stage == Stage::at_await) await_end_of_probe();
    std::optional<std::string> current = await_driver();
    if (is_wanted(current)) return settle(BindState::bound, {});
    if (const auto driver = hanging_driver(current)) return settle_behind(*driver);
    if (current) {
      if (!take_from(*current) || (!keeps_free() && !ask_to_probe())) return;
      progress_.waited_at_probe = binding_.waited_;
      current = await_driver();
    }
    if (is_wanted(current)) return settle(BindState::bound, {});
    if (current)
      return settle(BindState::failed, "the driver " + in_quotes(*current) + " took it again");
    bind();
  }

 private:
  [[nodiscard]] bool keeps_free() const { return wanted_ == no_driver; }

  [[nodiscard]] bool is_registered() const { return kernel_.is_registered(device_.bus, wanted_); }

  [[nodiscard]] bool is_wanted(const std::optional<std::string>& driver) const {
    return keeps_free() ? !driver : driver == wanted_;
  }

  [[nodiscard]] std::optional<std::string> other_driver() const {
    std::optional<std::string> driver = kernel_.driver_of(device_);
    if (is_wanted(driver)) driver.reset();
    return driver;
  }

  void settle(BindState state, std::string reason) {
    progress_.stage = Stage::settled;
    progress_.outcome.state = state;
    progress_.outcome.reason = std::move(reason);
  }

  /// A driver that would be asked to do something for the device, and hangs already.
  [[nodiscard]] std::optional<std::string> hanging_driver(
      const std::optional<std::string>& current) const {
    if (is_wanted(current)) return std::nullopt;
    if (current && binding_.hangs(*current)) return current;
    if (keeps_free()) return std::nullopt;
    const bool loads =
        binding_.load_hangs_ && kernel_.is_loading(module_of(device_.bus, wanted_, action_.module));
    return loads || binding_.hangs(wanted_) ? std::optional(wanted_) : std::nullopt;
  }

  void settle_behind(const std::string& driver) {
    settle(binding_.open_state(BindState::failed),
           "the driver " + in_quotes(driver) + " hangs, and is not asked again");
  }

  void fail_override(const std::string& step, const std::error_code& error) {
    const bool absent = error == std::errc::no_such_file_or_directory;
    if (error == std::errc::no_such_device || (absent && !kernel_.device_exists(device_)))
      settle(BindState::failed, step + " driver_override: the device has gone");
    else if (absent)
      settle(BindState::failed,
             "devices of the bus " + in_quotes(device_.bus) + " take no override");
    else
      settle(BindState::failed, step + " driver_override: " + error.message());
  }

  /// What nobody could load waits for the real root.
  void settle_without_driver() {
    const std::string module = module_of(device_.bus, wanted_, action_.module);
    const std::string& fault =
        progress_.load_fault.empty() ? binding_.load_fault_ : progress_.load_fault;
    const bool is_last = binding_.mode_ == BindMode::conclusive;
    settle(binding_.open_state(BindState::failed),
           "the driver " + in_quotes(wanted_) + " is not there: " +
               (fault.empty() ? "modprobe is content with " + in_quotes(module) +
                                    ", which registers no driver of that name"
                              : fault_of(fault, module)) +
               (is_last ? way_back(overridden) : ""));
  }

  /// A rule that takes only a free device, and a driver that came after the plan was made.
  void spare(const std::string& driver) {
    settle(BindState::left_alone,
           in_quotes(driver) + " has it by now, and the rule takes only a device without a driver");
  }

  /// Puts back what was there before the device turned out to be taken.
  void restore_override() {
    if (progress_.had_override) return;
    std::error_code error;
    announce_("restoring driver_override", {});
    kernel_.write_override(device_, progress_.old_override, error);
    if (error) fail_override("restoring", error);
  }

  bool take_from(const std::string& driver) {
    if (action_.only_if_free) {
      spare(driver);
      restore_override();
      return false;
    }
    std::error_code error;
    const std::string step = "unbinding it from " + in_quotes(driver);
    announce_(step, driver);
    kernel_.unbind(device_, driver, error);
    // ENODEV: the driver has let go of it meanwhile, or the device has gone.
    if (!error || (error == std::errc::no_such_device && kernel_.device_exists(device_)))
      return true;
    if (!kernel_.device_exists(device_))
      settle(BindState::failed, step + ": the device has gone");
    else if (error == std::errc::no_such_file_or_directory)
      settle(BindState::failed,
             "the driver " + in_quotes(driver) +
                 " has it and permits no unbinding; it must not be loaded before" +
                 way_back(overridden));
    else
      settle(BindState::failed, step + ": " + error.message() + way_back(overridden));
    return false;
  }

  /// A driver's link is there while its probe still runs, and drivers_probe passes such a device
  /// over. What takes the device's lock waits for the probe: on some kernels to read the override;
  /// on all to bind by name, which does nothing if the probe has ended well (drivers/base/dd.c,
  /// device_driver_attach). That file is there only once the driver has looked at all devices
  /// (drivers/base/bus.c, bus_add_driver). What bind answers shows in the link.
  void await_end_of_probe() {
    std::error_code error;
    announce_("its probe by " + in_quotes(wanted_), wanted_);
    (void)kernel_.read_override(device_, error);
    kernel_.bind(device_, wanted_, error);
    const std::string module = module_of(device_.bus, wanted_, action_.module);
    while (error == std::errc::no_such_file_or_directory && kernel_.is_loading(module)) {
      kernel_.wait(link_step);
      kernel_.bind(device_, wanted_, error);
    }
  }

  bool ask_to_probe() {
    std::error_code error;
    announce_("probing", wanted_);
    kernel_.probe(device_, error);
    if (!error) return true;
    settle(BindState::failed, error == std::errc::no_such_device
                                  ? "probing: the device has gone"
                                  : "probing: " + error.message() + way_back(without_driver));
    return false;
  }

  /// Devices that were probed together wait together.
  std::optional<std::string> await_driver() {
    std::optional<std::string> driver = kernel_.driver_of(device_);
    if (keeps_free()) return driver;
    while (!driver && binding_.waited_ - progress_.waited_at_probe < link_wait.count()) {
      announce_("waiting for its driver", wanted_);  // each time anew: who waits does not hang
      kernel_.wait(link_step);
      binding_.waited_ += link_step.count();
      driver = kernel_.driver_of(device_);
    }
    return driver;
  }

  /// Probing bound nothing: binding by name says why.
  void bind() {
    std::error_code error;
    announce_("binding it to " + in_quotes(wanted_), wanted_);
    kernel_.bind(device_, wanted_, error);
    if (is_wanted(kernel_.driver_of(device_))) return settle(BindState::bound, {});
    if (!kernel_.device_exists(device_))
      return settle(BindState::failed, "binding it: the device has gone");
    if (is_deferred(error))
      return settle(BindState::waiting,
                    "the driver " + in_quotes(wanted_) +
                        " waits for another device, and the kernel tries again");
    settle(BindState::failed, "the driver " + in_quotes(wanted_) +
                                  " does not take it: " + explain_refusal(kernel_, action_, error) +
                                  way_back(without_driver));
  }

  static constexpr const char* without_driver = "it stays without a driver";
  static constexpr const char* overridden = "its override stands";

  /// A device that is meant for a guest must not fall back to the host by itself.
  [[nodiscard]] std::string way_back(const std::string& how_it_is) const {
    return "; " + how_it_is + " until \"driver-override clear " + rule_name(device_) +
           "\" gives it back";
  }

  Binding& binding_;
  Kernel& kernel_;
  DeviceProgress& progress_;
  const Announce& announce_;
  const Action& action_;
  const DeviceId& device_;
  const std::string& wanted_;
};

Binding::Binding(Plan plan, Kernel& kernel, BindMode mode) : kernel_(kernel), mode_(mode) {
  devices_.reserve(plan.actions.size());
  for (Action& action : plan.actions)
    devices_.push_back({{std::move(action), BindState::failed, {}}});
}

std::optional<std::size_t> Binding::device_of(std::size_t step) const {
  const std::size_t count = devices_.size();
  if (step == count) return std::nullopt;
  return step < count ? step : (step - count - 1) % count;
}

/// For a step that had told of nothing when it was given up.
std::string Binding::name_of(std::size_t step) const {
  const std::size_t count = devices_.size();
  if (step < count) return "setting its override";
  if (step <= 2 * count) return "loading modules";
  return step <= 3 * count ? "probing" : "looking for its driver";
}

bool Binding::is_settled(std::size_t device) const {
  return devices_[device].stage == Stage::settled;
}

std::vector<Outcome> Binding::take_outcomes() {
  std::vector<Outcome> outcomes;
  outcomes.reserve(devices_.size());
  for (DeviceProgress& progress : devices_) outcomes.push_back(std::move(progress.outcome));
  devices_.clear();
  return outcomes;
}

std::optional<std::string> Binding::run(std::size_t step, const Announce& announce) {
  const std::size_t count = devices_.size();
  if (step == count) return load_all(announce);
  DeviceProgress& progress = devices_[*device_of(step)];
  if (progress.stage == Stage::settled) return std::nullopt;
  DeviceSteps device(*this, progress, announce);
  if (step < count)
    device.write_override();
  else if (step <= 2 * count)
    return load_one(progress, announce);
  else if (step <= 3 * count && progress.stage == Stage::at_probe)
    device.probe();
  else if (step > 3 * count && progress.stage != Stage::at_probe)
    device.verify();
  // Three letters, the old override up to a newline, and the reason, as learn() reads them.
  std::string learnt = {static_cast<char>(progress.stage), progress.had_override ? 'y' : 'n',
                        static_cast<char>('0' + static_cast<int>(progress.outcome.state))};
  return learnt + progress.old_override + '\n' + progress.outcome.reason;
}

void Binding::learn(std::size_t step, std::string_view learnt) {
  const std::size_t count = devices_.size();
  if (step == count) {
    load_fault_ = learnt;
    return;
  }
  DeviceProgress& progress = devices_[*device_of(step)];
  if (step > count && step <= 2 * count) {
    progress.load_fault = learnt;
    return;
  }
  const std::size_t newline = learnt.find('\n');
  if (learnt.size() < 3) return;
  progress.stage = static_cast<Stage>(learnt[0]);
  progress.had_override = learnt[1] == 'y';
  progress.outcome.state = static_cast<BindState>(learnt[2] - '0');
  progress.old_override = learnt.substr(3, std::min(newline, learnt.size()) - 3);
  progress.outcome.reason = learnt.substr(std::min(newline, learnt.size() - 1) + 1);
}

void Binding::give_up(std::size_t step, const GivenUp& why) {
  const bool hangs = why.kind == GivenUp::Kind::hangs;
  const std::string what = why.what.empty() ? name_of(step) : why.what;
  const std::string text = why.kind == GivenUp::Kind::not_begun ? why.reason
                           : hangs                              ? what + " " + why.reason
                                                                : what + ": " + why.reason;
  if (hangs && !why.driver.empty()) hanging_.insert(why.driver);
  const std::optional<std::size_t> device = device_of(step);
  if (!device) {
    load_fault_ = text;
    load_hangs_ = hangs;
    return;
  }
  DeviceProgress& progress = devices_[*device];
  if (progress.stage == Stage::settled) return;
  if (step > devices_.size() && step <= 2 * devices_.size()) {
    progress.load_fault = text;
    return;
  }
  progress.stage = Stage::settled;
  progress.outcome.hangs = hangs;
  progress.outcome.state = open_state(hangs ? BindState::unfinished : BindState::failed);
  progress.outcome.reason = text;
  if (hangs) progress.outcome.reason += "; it goes on, and a reboot may hang if it never ends";
}

std::optional<std::string> Binding::load_all(const Announce& announce) {
  std::set<std::string> missing;
  std::set<std::array<std::string_view, 3>> asked;
  for (DeviceProgress& progress : devices_) {
    const Action& action = progress.outcome.action;
    // The answer is the same for all devices of a rule.
    if (progress.stage != Stage::at_probe ||
        !asked.insert({action.device.id.bus, action.driver, action.module}).second)
      continue;
    if (auto module = DeviceSteps(*this, progress, announce).missing_module())
      missing.insert(*module);
  }
  if (missing.empty()) return std::nullopt;
  return load_fault_ = load({missing.begin(), missing.end()}, announce);
}

/// Only if loading all of them at once came to no end.
std::optional<std::string> Binding::load_one(DeviceProgress& progress, const Announce& announce) {
  if (!load_hangs_) return std::nullopt;
  const auto module = DeviceSteps(*this, progress, announce).missing_module();
  // Alone it may have been tried already.
  if (!module || load_fault_.rfind("loading " + in_quotes(*module) + ' ', 0) == 0)
    return std::nullopt;
  if (kernel_.is_loading(*module))
    progress.load_fault = in_quotes(*module) + " is being loaded and does not end";
  else
    progress.load_fault = load({*module}, announce);
  return progress.load_fault;
}

/// What went wrong, and behind it in lines of their own what modprobe said; empty if nothing did.
std::string Binding::load(const std::vector<std::string>& modules, const Announce& announce) {
  std::string names;
  for (const std::string& module : modules) names += (names.empty() ? "" : " ") + module;
  announce("loading " + in_quotes(names), {});
  std::error_code error;
  const ProgramResult result = kernel_.load_modules(modules, error);
  if (error) return "modprobe could not be run: " + error.message();
  if (result.signal != 0)
    return "modprobe was ended by signal " + std::to_string(result.signal) + '\n' +
           result.error_output;
  if (result.status == 0) return {};
  return "modprobe ended with status " + std::to_string(result.status) + '\n' + result.error_output;
}

}  // namespace driver_override
