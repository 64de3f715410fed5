// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules on a small machine with a model of the kernel in which any step can fail or hang: whatever
// happens, each planned device gets one outcome, no other device is touched, and a device that
// counts as bound has the driver.
#include "hook/bind.hpp"

#include <cerrno>
#include <set>

#include "hook/configuration.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/property/small_machine.hpp"
#include "tests/unit/model_kernel.hpp"

namespace driver_override {
namespace {

/// Devices with and without a driver, drivers as modules and not, and faults of any step.
void describe(Input& input, const Inventory& inventory, ModelKernel& kernel) {
  constexpr std::array<int, 6> errors = {ENODEV, EBUSY, EINVAL, ENOENT, EPROBE_DEFER, EIO};
  constexpr std::array<const char*, 5> steps = {"read", "override", "unbind", "probe", "bind"};
  const std::array<std::string, 4> drivers = {"a", "vfio-pci", "x", "native"};
  for (const std::string& driver : drivers) {
    const unsigned what = input.byte();
    if (what % 2 == 0) kernel.drivers.insert(driver);
    if (what % 3 != 0) kernel.modules[driver] = driver;
    if (what % 7 == 0) kernel.unbindable.insert(driver);
    if (what % 11 == 0) kernel.probe_fails[driver] = errors.at(what % errors.size());
    if (what % 13 == 0) kernel.loading.insert(driver);
  }
  kernel.modprobe_status = input.below(3) == 0 ? 1 : 0;
  for (const Device& device : inventory.devices) {
    ModelKernel::State& state = kernel.devices[device.id.name];
    const unsigned what = input.byte();
    state.native = "native";
    if (what % 2 == 0) state.driver = drivers.at(what % drivers.size());
    if (what % 5 == 0) state.override_name = drivers.at(what % drivers.size());
    state.takes_override = what % 17 != 0;
    state.link_delay = static_cast<int>(what % 4);
    const std::string step = std::string(steps.at(what % steps.size())) + " " + device.id.name;
    if (what % 19 == 0) kernel.faults[step] = errors.at(what % errors.size());
    if (what % 23 == 0) kernel.vanishing.insert(step);
    if (what % 29 == 0) kernel.hanging = step;
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

void check(Input input) {
  const Inventory inventory = small_machine();
  ModelKernel kernel;
  describe(input, inventory, kernel);
  const auto mode = static_cast<BindMode>(input.below(3));
  const Plan plan = plan_of(parse_sources({{"command line", input.rest()}}));
  if (plan.actions.empty()) return;
  const Announce announce = [](const std::string&, const std::string&) {};
  Binding binding(plan, kernel, mode);
  for (std::size_t step = 0; step < binding.steps(); ++step) {
    try {
      if (const auto learnt = binding.run(step, announce)) binding.learn(step, *learnt);
    } catch (const ModelKernel::Hang&) {
      binding.give_up(step, {GivenUp::Kind::hangs, "", "", "did not end"});
    }
  }
  check_steps(kernel, plan);
  const std::vector<Outcome> outcomes = binding.take_outcomes();
  require(outcomes.size() == plan.actions.size(), "each device has one outcome");
  for (const Outcome& outcome : outcomes) {
    const std::string& name = outcome.action.device.id.name;
    const bool is_bound =
        outcome.state == BindState::bound || outcome.state == BindState::unchanged;
    if (is_bound && mode != BindMode::write_only && outcome.action.driver != no_driver)
      require(kernel.devices[name].driver == outcome.action.driver, "what is bound has its driver",
              name);
    require(!outcome.reason.empty() || is_bound || outcome.state == BindState::written,
            "what is not bound has a reason", name);
  }
}

}  // namespace
}  // namespace driver_override

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  driver_override::check(driver_override::Input(data, size));
  return 0;
}
