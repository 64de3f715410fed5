// SPDX-License-Identifier: LGPL-2.1-or-later
// Each cell of the table of faults, against the model of the kernel. What the cells say belongs in
// the table; here is only how a fault is made.
#include <fnmatch.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <optional>

#include "hook/bind.hpp"
#include "model_kernel.hpp"
#include "tests/fault_table.hpp"

namespace driver_override {
namespace {

using fault_table::Cell;
using fault_table::End;
using fault_table::Fault;
using fault_table::Step;

constexpr const char* named = "0000:00:13.0";    ///< by another rule
constexpr const char* unnamed = "0000:00:10.0";  ///< by no rule

BindState state_of(End end) {
  if (end == End::bound) return BindState::bound;
  return end == End::unfinished ? BindState::unfinished : BindState::failed;
}

class FaultTest : public testing::TestWithParam<Cell> {
 protected:
  FaultTest() {
    for (const char* driver : {"e1000", "vfio-pci"}) kernel_.driver(driver);
    const bool is_loaded = GetParam().step != Step::loading;
    if (is_loaded)
      kernel_.driver("pci-stub");
    else if (GetParam().fault == Fault::device_gone)
      kernel_.module("pci-stub");
    for (const char* name : {fault_table::victim, named, unnamed}) kernel_.device(name);
    kernel_.device(unnamed).driver = "e1000";
    if (begins_bound(GetParam())) kernel_.device(fault_table::victim).driver = "e1000";
    act(fault_table::victim, "pci-stub");
    act(named, "vfio-pci");
    make_fault(GetParam());
  }

  void act(const std::string& name, const std::string& driver) {
    Device device({"pci", name});
    device.driver = kernel_.present_driver(name);
    plan_.actions.push_back({std::move(device), driver, 0, true});
  }

  void make_fault(const Cell& cell) {
    if (cell.step == Step::loading) return make_fault_of_loading(cell.fault);
    if (cell.step == Step::link) return make_fault_of_link(cell.fault);
    // Binding by name comes only if probing has bound nothing.
    if (cell.step == Step::binding) kernel_.driver("pci-stub").probe_error = EIO;
    const std::string step = key(cell.step);
    if (cell.fault == Fault::hangs) kernel_.hanging = step;
    if (cell.fault == Fault::device_gone) kernel_.vanishing.insert(step);
    if (cell.fault == Fault::attribute_gone) kernel_.faults[step] = ENOENT;
    if (const int number = number_of(cell.fault)) kernel_.faults[step] = number;
    if (cell.end == End::bound) kernel_.once.insert(step);
  }

  void make_fault_of_loading(Fault fault) {
    if (fault == Fault::hangs) kernel_.hanging = "modprobe";
    if (fault == Fault::missing) kernel_.faults["modprobe"] = ENOENT;
    if (fault == Fault::device_gone) kernel_.vanishing.insert(key(Step::loading));
    if (fault == Fault::killed) kernel_.modprobe_signal = SIGKILL;
    if (const int number = number_of(fault)) {
      kernel_.modprobe_status = 1;
      kernel_.modprobe_error_output =
          std::string("modprobe: ERROR: could not insert 'pci_stub': ") + std::strerror(number) +
          "\n";
    }
  }

  void make_fault_of_link(Fault fault) {
    if (fault == Fault::late) kernel_.driver("pci-stub").late_link = std::chrono::milliseconds(400);
    if (fault == Fault::other_driver) kernel_.faults[key(Step::unbinding)] = ENODEV;
    if (fault == Fault::device_gone) {
      kernel_.driver("pci-stub").probe_error = EIO;
      kernel_.vanishing.insert(key(Step::binding));
    }
  }

  static std::string key(Step step) {
    constexpr std::array<const char*, 7> verbs = {"read",  "override", "modprobe", "unbind",
                                                  "probe", "",         "bind"};
    return std::string(verbs.at(static_cast<std::size_t>(step))) + ' ' + fault_table::victim;
  }

  /// As child.cpp does it: behind a step that hangs a new copy of the parent's state goes on.
  void run() {
    Binding parent(plan_, kernel_, BindMode::conclusive);
    std::optional<Binding> child(parent);
    for (std::size_t step = 0; step < parent.steps(); ++step) {
      std::string what;
      try {
        const auto learnt =
            child->run(step, [&](const std::string& begun, const std::string&) { what = begun; });
        if (learnt) parent.learn(step, *learnt);
      } catch (const ModelKernel::Hang&) {
        parent.give_up(step, {GivenUp::Kind::hangs, what, {}, "did not end within 10 s"});
        child.emplace(parent);
      }
    }
    for (std::size_t device = 0; device < plan_.actions.size(); ++device)
      outcomes_.push_back(parent.outcome(device));
  }

  void expect_no_step_behind_the_hang() const {
    const auto hung = std::find(kernel_.steps.begin(), kernel_.steps.end(), kernel_.hanging);
    ASSERT_NE(hung, kernel_.steps.end());
    for (auto step = hung + 1; step != kernel_.steps.end(); ++step)
      EXPECT_EQ(step->find(fault_table::victim), std::string::npos) << *step;
  }

  ModelKernel kernel_;
  Plan plan_;
  std::vector<Outcome> outcomes_;
};

TEST_P(FaultTest, CostsItsOwnDeviceOnlyAndIsTold) {
  run();
  EXPECT_EQ(outcomes_[0].state, state_of(GetParam().end)) << outcomes_[0].reason;
  EXPECT_EQ(::fnmatch(message_of(GetParam()).c_str(), outcomes_[0].reason.c_str(), 0), 0)
      << outcomes_[0].reason;
  EXPECT_EQ(outcomes_[1].state, BindState::bound) << outcomes_[1].reason;
  for (const std::string& step : kernel_.steps)
    EXPECT_EQ(step.find(unnamed), std::string::npos) << step;
  const auto is_modprobe = [](const std::string& step) { return step.rfind("modprobe", 0) == 0; };
  EXPECT_LE(std::count_if(kernel_.steps.begin(), kernel_.steps.end(), is_modprobe), 1);
  if (GetParam().end == End::unfinished) expect_no_step_behind_the_hang();
}

std::vector<Cell> possible_cells() {
  std::vector<Cell> possible;
  for (const Cell& cell : fault_table::cells)
    if (cell.end != End::never) possible.push_back(cell);
  return possible;
}

INSTANTIATE_TEST_SUITE_P(Table, FaultTest, testing::ValuesIn(possible_cells()),
                         [](const auto& cell) { return name_of(cell.param); });

TEST(FaultTableTest, EveryStepHasACellForEveryFault) {
  for (std::size_t step = 0; step < fault_table::step_names.size(); ++step)
    for (std::size_t fault = 0; fault < fault_table::faults_of_every_step; ++fault)
      EXPECT_EQ(std::count_if(fault_table::cells.begin(), fault_table::cells.end(),
                              [&](const Cell& cell) {
                                return cell.step == static_cast<Step>(step) &&
                                       cell.fault == static_cast<Fault>(fault);
                              }),
                1)
          << fault_table::step_names.at(step) << ' ' << fault_table::fault_names.at(fault);
}

}  // namespace
}  // namespace driver_override
