// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/trial.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#include "hook/fields.hpp"

namespace driver_override {
namespace {

constexpr const char* folder = "run/driver-override";
constexpr const char* file = "run/driver-override/trial";

constexpr const char* unconfirmed_text =
    "an earlier boot has tried it, and nobody has confirmed it (\"driver-override confirm\"); a "
    "changed rule is tried anew";

/// Keeps in mind that these rules hold on trial in this boot.
void remember_trial(const Root& root, const std::string& hash, std::error_code& error) {
  root.make_directories(folder, error);
  if (!error) root.replace(file, to_text(Fields{{"hash", hash}}), error, Lasting::until_reboot);
}

void leave_out_trial_rules(Configuration& configuration, const std::string& reason) {
  std::vector<Source> sources = std::move(configuration.sources);
  for (std::size_t rule = 0; rule < configuration.rules.size(); ++rule)
    if (is_rule_on_trial(configuration.rules[rule]))
      sources[configuration.rule_sources[rule]].trial_refusal = reason;
  configuration = parse_configuration_sources(std::move(sources));
}

/// First the variable: a boot that ends here must find it.
std::error_code begin_trial(const Root& root, const std::string& hash) {
  std::error_code error;
  write_trial_variable(root, {hash, false}, error);
  if (!error) remember_trial(root, hash, error);
  return error;
}

}  // namespace

std::string trial_hash(const Configuration& configuration) {
  constexpr std::uint64_t prime = 0x100000001b3;
  std::uint64_t hash = 0xcbf29ce484222325;
  bool is_empty = true;
  for (const Rule& rule : configuration.rules) {
    if (!is_rule_on_trial(rule)) continue;
    is_empty = false;
    for (const char byte : to_text(rule) + "\n")
      hash = (hash ^ static_cast<unsigned char>(byte)) * prime;
  }
  if (is_empty) return {};
  std::array<char, 17> text{};
  (void)std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return text.data();
}

Trial judge_trial(const std::string& hash, const std::optional<TrialRecord>& record,
                  const std::string& running) {
  if (hash.empty()) return Trial::none;
  if (record && record->hash == hash && record->confirmed) return Trial::confirmed;
  if (running == hash) return Trial::running;
  return record && record->hash == hash ? Trial::unconfirmed : Trial::first;
}

std::string running_trial(const Root& root) {
  std::error_code error;
  return value_of_field(read_fields(root.read(file, error)), "hash");
}

std::string trial_obstacle(const std::error_code& error) {
  if (error == std::errc::not_supported)
    return "this system was not started by EFI, and nothing else can tell the next boot";
  return "the EFI variable that would tell the next boot cannot be used: " + error.message();
}

TrialView view_trial(const Root& root, const Configuration& configuration) {
  TrialView view;
  view.hash = trial_hash(configuration);
  if (view.hash.empty()) return view;
  std::error_code error;
  const std::optional<TrialRecord> record = read_trial_variable(root, error);
  if (error) return {Trial::impossible, view.hash, trial_obstacle(error)};
  view.state = judge_trial(view.hash, record, running_trial(root));
  return view;
}

void settle_trial(const Root& root, Configuration& configuration, const Log& log) {
  const auto& rules = configuration.rules;
  if (!configuration.enabled || std::none_of(rules.begin(), rules.end(), is_rule_on_trial)) return;
  mount_trial_variables(root);
  TrialView view = view_trial(root, configuration);
  if (view.state == Trial::first) {
    if (const std::error_code error = begin_trial(root, view.hash); error)
      view = {Trial::impossible, view.hash, trial_obstacle(error)};
    else
      log.line(Severity::note,
               "rules are on trial: they hold in this boot, and in later ones once "
               "\"driver-override confirm\" is run");
  }
  if (view.state == Trial::unconfirmed) leave_out_trial_rules(configuration, unconfirmed_text);
  if (view.state == Trial::impossible) leave_out_trial_rules(configuration, view.reason);
}

}  // namespace driver_override
