// SPDX-License-Identifier: LGPL-2.1-or-later
// Once in a boot: how long what was done to a device counts, and who may touch it again. A rule
// claims a device once; a sticky one claims each new device of that name.
#pragma once

#include "hook/claims.hpp"
#include "hook/configuration.hpp"
#include "hook/log.hpp"
#include "hook/plan.hpp"
#include "hook/root.hpp"

namespace driver_override {

/// Marks in a plan what earlier runs of this boot have done to its devices.
void recall_late_claims(const Root& root, Plan& plan);

/// Takes those actions out of a plan whose device an earlier run has settled: done, failed, left
/// alone or cleared. What waits, or was interrupted, stays in it.
/// \return false if a claim cannot be read: nobody knows what was done to the device, so its action
///         is taken out, too, and that is said
bool leave_out_settled_late_claims(const Root& root, Plan& plan, const Log& log);

/// Marks that the real root's own run has begun.
/// \return false if it had in this boot: then it has nothing more to do
bool begin_finish(const Root& root, const Log& log);

/// Claims devices that have just appeared for this process, one at a time.
class LateClaims {
 public:
  /// \param configuration  the rules in force; it outlives this object, as do the others
  LateClaims(const Root& root, const Configuration& configuration, const Log& log)
      : root_(root), claims_(root), configuration_(configuration), log_(log) {}

  /// True if the device is this process's to touch; its claim is made then. A device of which no
  /// claim can be made is not.
  bool admit(const Action& action);

  /// True if some device could not be claimed.
  [[nodiscard]] bool has_refused() const { return has_refused_; }

 private:
  bool refuse(const DeviceId& device, const std::string& reason);
  [[nodiscard]] bool may_take_again(const Rule& rule, const Claim& claim) const;

  const Root& root_;
  Claims claims_;
  const Configuration& configuration_;
  const Log& log_;
  bool has_refused_ = false;
};

}  // namespace driver_override
