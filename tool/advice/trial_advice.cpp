// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/trial_advice.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

#include "hook/trial.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

Message advice_on_trial(const TrialView& view) {
  switch (view.state) {
    case Trial::running:
      return {Severity::warning,
              "rules on trial hold in this boot, and the next one leaves them out",
              "to keep them: driver-override confirm"};
    case Trial::unconfirmed:
      return {Severity::warning,
              "rules on trial were tried, not confirmed, and a boot leaves them out",
              "\"driver-override confirm\" keeps them; changed rules are tried anew"};
    case Trial::impossible:
      return {Severity::warning, "a boot leaves the rules on trial out: " + view.reason,
              "without the option trial, they hold in every boot"};
    default:
      return {Severity::note, "rules on trial hold in the next boot alone",
              "then, to keep them: driver-override confirm"};
  }
}

}  // namespace

std::vector<Message> advise_on_trial(const Root& root, const Configuration& configuration) {
  const TrialView view = view_trial(root, configuration);
  if (view.state == Trial::none || view.state == Trial::confirmed) return {};
  Message message = advice_on_trial(view);
  const auto first =
      std::find_if(configuration.rules.begin(), configuration.rules.end(), is_rule_on_trial);
  message.place = place_of_configured_rule(
      configuration, static_cast<std::size_t>(first - configuration.rules.begin()));
  return {std::move(message)};
}

}  // namespace driver_override
