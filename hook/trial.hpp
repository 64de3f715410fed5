// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules on trial: they hold in one boot, and in later ones only if somebody has confirmed them. So
// a rule that takes the screen, the network or the root disk away is gone after a reset.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "hook/configuration.hpp"
#include "hook/log.hpp"
#include "hook/root.hpp"
#include "hook/trial_variable.hpp"

namespace driver_override {

/// What a boot does with its trial rules.
enum class Trial {
  none,         ///< there are none
  first,        ///< they hold, and the variable says first that they are tried
  running,      ///< they hold since an earlier look in this boot, and nobody has confirmed them
  confirmed,    ///< they hold
  unconfirmed,  ///< left out: they were tried in an earlier boot, and nobody has confirmed them
  impossible    ///< left out: nothing can outlast this boot
};

/// The trial as it stands.
struct TrialView {
  Trial state = Trial::none;
  std::string hash{};    ///< of the trial rules; empty if there are none
  std::string reason{};  ///< why it is impossible
};

/// A number for the trial rules among the good ones, in their order (FNV-1a, 64 bits); empty if
/// there are none.
std::string trial_hash(const Configuration& configuration);

/// Pure: what a boot has to do with rules of that hash.
///
/// \param record   what the variable says; none if there is no variable
/// \param running  the hash of the rules that hold on trial in this boot; empty if none do
Trial judge_trial(const std::string& hash, const std::optional<TrialRecord>& record,
                  const std::string& running);

/// Reads how the trial of these rules stands, and changes nothing.
TrialView view_trial(const Root& root, const Configuration& configuration);

/// Decides about the trial rules of a boot: writes the variable if they are tried now, remembers so
/// for the rest of the boot, and says what it does. Rules that are left out are no more in the
/// configuration, and an error in it says why. Does nothing where no rule is on trial, or nothing
/// is enabled.
void settle_trial(const Root& root, Configuration& configuration, const Log& log);

/// The hash of the rules that hold on trial in this boot; empty if none do.
std::string running_trial(const Root& root);

/// Why no trial can be made, for a message.
std::string trial_obstacle(const std::error_code& error);

}  // namespace driver_override
