// SPDX-License-Identifier: LGPL-2.1-or-later
// What `apply` says: to the kernel's log, and on a terminal to standard error too.
// The wording of outcomes is decided here.
#pragma once

#include <string>
#include <vector>

#include "hook/configuration.hpp"
#include "hook/device_steps.hpp"
#include "hook/log.hpp"

namespace driver_override {

/// Reports one run of `apply`, in its order.
class Report {
 public:
  /// \param configuration  outlives the report
  Report(const Log& log, const Configuration& configuration);

  void configuration() const;            ///< what was wrong in the sources
  void plan(const Plan& plan);           ///< what is left alone, or matches nothing
  void before(const Action& action);     ///< ahead of touching a device
  void outcome(const Outcome& outcome);  ///< what came of it
  /// A step takes long; `device` is null if it is about all of them.
  void slow(const DeviceId* device, const std::string& what);
  void summary(const std::vector<Outcome>& all) const;

 private:
  [[nodiscard]] std::string rule_text(std::size_t rule) const;
  [[nodiscard]] std::string unspared_text(const Plan::Unspared& unspared) const;

  const Log& log_;
  const Configuration& configuration_;
  bool summary_only_ = false;  ///< so many devices that each rule gets one line
  std::size_t skipped_ = 0;    ///< devices that the plan leaves alone
};

}  // namespace driver_override
