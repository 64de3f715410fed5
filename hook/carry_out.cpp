// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/carry_out.hpp"

#include <cstddef>

#include "hook/child.hpp"

namespace driver_override {

std::vector<Outcome> carry_out(const Plan& plan, Kernel& kernel, Extent extent,
                               const Deadlines& deadlines, const Listener& listener) {
  Binding binding(plan, kernel, extent);
  std::vector<bool> told(plan.actions.size());
  const auto tell = [&](std::size_t step) {
    const auto device = binding.device_of(step);
    if (!device || told[*device] || !binding.is_settled(*device)) return;
    told[*device] = true;
    listener.settled(binding.outcome(*device));
  };
  Steps steps;
  steps.count = plan.actions.empty() ? 0 : binding.steps();
  steps.run = [&](std::size_t step, const Begin& begin) { return binding.run(step, begin); };
  steps.ended = [&](std::size_t step, std::string_view learnt) {
    binding.take_in(step, learnt);
    tell(step);
  };
  steps.slow = [&](std::size_t step, const std::string& what) {
    const auto device = binding.device_of(step);
    listener.slow(device ? &plan.actions[*device].device.id : nullptr, what);
  };
  steps.gave_up = [&](std::size_t step, const GivenUp& why) {
    binding.give_up(step, why);
    tell(step);
  };
  steps.hung_before = [&](std::size_t step) {
    const auto device = binding.device_of(step);
    return device && plan.actions[*device].hung_before;
  };
  run_in_child(steps, deadlines);

  std::vector<Outcome> outcomes;
  for (std::size_t device = 0; device < plan.actions.size(); ++device)
    outcomes.push_back(binding.outcome(device));
  return outcomes;
}

}  // namespace driver_override
