// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps rules on trial beyond their one boot. What a trial is, is in hook/trial.
#include <cstdio>
#include <utility>

#include "hook/rules_in_force.hpp"
#include "hook/trial.hpp"
#include "hook/trial_variable.hpp"
#include "parser/message.hpp"
#include "tool/commands/commands.hpp"
#include "tool/view/messages.hpp"

namespace driver_override {
namespace {

/// The rules that this boot has read, those that it left out included; late ones were no part of
/// the trial.
Configuration rules_to_confirm(const Root& root, std::error_code& error) {
  std::optional<Configuration> saved = read_rules_in_force(root, error);
  if (error) return {};
  std::vector<Source> sources =
      saved ? std::move(saved->sources) : read_configuration(root, {}).sources;
  for (Source& source : sources)
    if (!source.late) source.trial_refusal.clear();
  return parse_configuration_sources(std::move(sources));
}

Exit keep_confirmed(const Root& root, const std::string& hash) {
  std::error_code error;
  write_trial_variable(root, {hash, true}, error);
  if (error) {
    print_error("the rules on trial cannot be confirmed: " + trial_obstacle(error));
    return Exit::failed;
  }
  std::printf(
      "the rules on trial are confirmed; they hold in later boots until they are changed\n");
  return Exit::done;
}

}  // namespace

Exit confirm(const ConfirmOptions& options) {
  const Root root(options.root);
  std::error_code error;
  mount_trial_variables(root);
  const TrialView view = view_trial(root, rules_to_confirm(root, error));
  if (error) {
    print_error("/run/driver-override/rules: " + error.message());
    return Exit::failed;
  }
  switch (view.state) {
    case Trial::none:
      std::printf("no rule is on trial\n");
      return Exit::done;
    case Trial::confirmed:
      std::printf("the rules on trial are confirmed already\n");
      return Exit::done;
    case Trial::running:
      return keep_confirmed(root, view.hash);
    case Trial::unconfirmed:
      if (!options.if_held) return keep_confirmed(root, view.hash);
      std::printf("the rules on trial do not hold in this boot; nothing is confirmed\n");
      return Exit::done;
    case Trial::impossible:
      print_error(view.reason);
      return Exit::failed;
    case Trial::first:
      break;
  }
  print_error("the rules on trial were not tried in this boot", "boot with them first");
  return Exit::failed;
}

}  // namespace driver_override
