// SPDX-License-Identifier: LGPL-2.1-or-later
// A plan that is carried out against the model of the kernel.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "hook/bind.hpp"
#include "tests/unit/model_kernel.hpp"

namespace driver_override {

class BindTest : public testing::Test {
 protected:
  using Steps = std::vector<std::string>;  ///< of the kernel's, as its model notes them

  BindTest() {
    kernel_.module("pci-stub");
    add("a");
    add("b");
  }

  void add(const std::string& name, std::optional<std::string> driver = std::nullopt) {
    kernel_.device(name).driver = std::move(driver);
  }

  void plan(const std::string& name, const std::string& driver = "pci-stub", bool exact = true) {
    Device device({"pci", name});
    device.driver = kernel_.present_driver(name);
    plan_.actions.push_back({std::move(device), driver, 0, exact});
  }

  /// Does all steps in one Binding and gathers the outcomes in another, as two processes would.
  std::vector<Outcome> run(BindMode mode = BindMode::early) {
    Binding child(plan_, kernel_, mode);
    Binding parent(plan_, kernel_, mode);
    for (std::size_t step = 0; step < child.steps(); ++step)
      if (const auto learnt = child.run(step, [](const std::string&, const std::string&) {}))
        parent.learn(step, *learnt);
    std::vector<Outcome> outcomes;
    for (std::size_t device = 0; device < plan_.actions.size(); ++device) {
      EXPECT_TRUE(parent.is_settled(device));
      outcomes.push_back(parent.outcome(device));
    }
    return outcomes;
  }

  ModelKernel kernel_;
  Plan plan_;
};

}  // namespace driver_override
