// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules on a small machine with a model of the kernel in which any step can fail or hang: whatever
// happens, each planned device gets one outcome, no other device is touched, and a device that
// counts as bound has the driver.
#include "hook/bind.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <set>

#include "hook/configuration.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/property/small_machine.hpp"
#include "tests/unit/model_kernel.hpp"

namespace driver_override {
namespace {

constexpr std::array<const char*, 4> drivers = {"a", "vfio-pci", "x", "native"};
constexpr std::array<int, 6> errors = {ENODEV, EBUSY, EINVAL, ENOENT, EAGAIN, EIO};

/// Drivers that are registered, come with a module, or are not there, and what is wrong with them.
void describe_drivers(Input& input, ModelKernel& kernel) {
  for (const char* name : drivers) {
    const unsigned what = input.byte();
    if (what % 4 == 0) continue;
    fake_sysfs::DriverSpec& driver = what % 2 == 0 ? kernel.driver(name) : kernel.module(name);
    driver.suppresses_bind_attrs = what % 7 == 0;
    driver.late_link = std::chrono::milliseconds(what % 5 == 0 ? 400 * (what % 4) : 0);
    if (what % 11 == 0) driver.probe_error = errors.at(what % errors.size());
    if (what % 13 == 0) kernel.loading.insert(name);
  }
  kernel.modprobe_status = input.below(3) == 0 ? 1 : 0;
  kernel.modprobe_signal = input.below(17) == 1 ? 15 : 0;
  kernel.pci().has_override = input.below(31) != 1;
}

/// Devices with and without a driver and an override, and faults of any step.
void describe_devices(Input& input, const Inventory& inventory, ModelKernel& kernel) {
  constexpr std::array<const char*, 5> steps = {"read", "override", "unbind", "probe", "bind"};
  for (const Device& device : inventory.devices) {
    const std::string& name = device.id.name;
    const unsigned what = input.byte();
    fake_sysfs::DeviceSpec& spec = kernel.device(name);
    spec.native = {"native"};
    if (what % 2 == 1) spec.driver = drivers.at(what % drivers.size());
    if (what % 5 == 1 && kernel.pci().has_override)
      spec.override_name = drivers.at(what % drivers.size());
    const std::string step = std::string(steps.at(what % steps.size())) + " " + name;
    if (what % 19 == 1) kernel.faults[step] = errors.at(what % errors.size());
    if (what % 38 == 1) kernel.once.insert(step);
    if (what % 23 == 1) kernel.vanishing.insert(what % 2 == 0 ? step : "modprobe " + name);
    if (what % 29 == 1) kernel.hanging = what % 3 == 0 ? "modprobe" : step;
    if (what % 31 == 1) kernel.taken_by_modprobe[name] = drivers.at(what % drivers.size());
  }
}

/// A device's name is the last word of each step that is about one.
void check_steps(const ModelKernel& kernel, const Plan& plan) {
  std::set<std::string> planned;
  for (const Action& action : plan.actions) planned.insert(action.device.id.name);
  for (const std::string& step : kernel.steps)
    require(step.starts_with("modprobe") || planned.contains(step.substr(step.rfind(' ') + 1)),
            "no device is touched that is not planned", step);
}

/// Does the steps in a copy of the binding, as a child does, and goes on with a new copy after one
/// that hangs: what the copy alone knew is lost.
std::vector<Outcome> run(Binding binding, const ModelKernel& kernel) {
  std::optional<Binding> child(binding);
  GivenUp last;
  int tries = 0;
  const Announce announce = [&](const std::string& what, const std::string& driver) {
    constexpr int most_tries = 50;
    if (!what.empty())
      last = {GivenUp::Kind::hangs, what, driver, "did not end"};
    else if (++tries % most_tries == 0)  // its time is over
      throw ModelKernel::Hang();
  };
  for (std::size_t step = 0; step < binding.steps(); ++step) {
    last = {GivenUp::Kind::hangs, "", "", "did not end"};
    const std::size_t before = kernel.steps.size();
    const auto device = binding.device_of(step);
    const bool is_settled = device && binding.is_settled(*device);
    try {
      if (const auto learnt = child->run(step, announce)) binding.learn(step, *learnt);
    } catch (const ModelKernel::Hang&) {
      binding.give_up(step, last);
      child.emplace(binding);
    }
    require(!is_settled || kernel.steps.size() == before, "a settled device is left in peace");
  }
  return binding.take_outcomes();
}

void check_outcome(const Outcome& outcome, ModelKernel& kernel, BindMode mode) {
  const std::string& name = outcome.action.device.id.name;
  const auto driver = kernel.present_driver(name);
  const bool is_bound = outcome.state == BindState::bound || outcome.state == BindState::unchanged;
  require(!outcome.reason.empty() || is_bound || outcome.state == BindState::written,
          "what is not bound has a reason", name);
  require(outcome.state != BindState::written || mode == BindMode::write_only,
          "an override alone is enough only where nothing more was asked for", name);
  require(!outcome.hangs || !kernel.hanging.empty() || !kernel.loading.empty(),
          "nothing hangs that does not", name);
  if (!is_bound || !kernel.device_exists({"pci", name})) return;
  const std::string& wanted = outcome.action.driver;
  require(wanted == no_driver ? !driver : driver == wanted, "what is bound has its driver", name);
  require(kernel.present_override(name) == wanted, "what is bound has its override", name);
}

void check(Input input) {
  const Inventory inventory = small_machine();
  ModelKernel kernel;
  describe_drivers(input, kernel);
  describe_devices(input, inventory, kernel);
  const auto mode = static_cast<BindMode>(input.below(3));
  Plan plan = plan_of(parse_configuration_sources({{"command line", input.rest()}}));
  for (Action& action : plan.actions)
    action.device.driver = kernel.present_driver(action.device.id.name);
  if (plan.actions.empty()) return;
  const std::vector<Outcome> outcomes = run(Binding(plan, kernel, mode), kernel);
  check_steps(kernel, plan);
  require(outcomes.size() == plan.actions.size(), "each device has one outcome");
  for (const Outcome& outcome : outcomes) check_outcome(outcome, kernel, mode);
}

}  // namespace
}  // namespace driver_override

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  driver_override::check(driver_override::Input(data, size));
  return 0;
}
