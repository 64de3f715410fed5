// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/in_force.hpp"

#include <algorithm>

#include "hook/saved_rules.hpp"
#include "hook/udev_rules.hpp"

namespace driver_override {

bool put_in_force(const Root& root, const Configuration& configuration, const Log& log) {
  std::error_code error;
  save_rules(root, configuration, error);
  const bool saved = !error;
  if (error)
    log.line(Severity::error,
             "/run/driver-override/rules: the rules cannot be kept for later: " + error.message());
  // Without saved rules udev's call would find none.
  const bool active = saved && configuration.enabled;
  write_udev_rules(root, active ? configuration.rules : std::vector<Rule>(), error);
  if (error)
    log.line(Severity::error,
             "/run/udev/rules.d: devices that appear later will be missed: " + error.message());
  return saved && !error;
}

bool begin_finish(const Root& root, const Log& log) {
  std::error_code error;
  root.make_directories("run/driver-override", error);
  if (!error) root.create("run/driver-override/finished", {}, error);
  if (error == std::errc::file_exists) return false;
  if (error) log.line(Severity::error, "/run/driver-override/finished: " + error.message());
  return true;
}

Configuration read_own_rules(const Root& root, const std::optional<Configuration>& saved) {
  Configuration now = read_configuration(root, {});
  if (!saved) return now;
  std::vector<Source> sources;
  for (Source& source : now.sources) {
    const auto is_same = [&](const Source& other) {
      return other.kind == source.kind && other.name == source.name && other.text == source.text;
    };
    const bool is_file =
        source.kind == Source::Kind::drop_in_line || source.kind == Source::Kind::unreadable_file;
    if (!is_file || std::any_of(saved->sources.begin(), saved->sources.end(), is_same)) continue;
    source.late = true;
    sources.push_back(std::move(source));
  }
  return parse_sources(std::move(sources));
}

Configuration joined(const Configuration& own, const std::optional<Configuration>& saved) {
  std::vector<Source> sources = own.sources;
  if (saved) sources.insert(sources.end(), saved->sources.begin(), saved->sources.end());
  return parse_sources(std::move(sources));
}

void log_unreadable_rules(const Log& log, const std::error_code& error) {
  log.line(Severity::error, "/run/driver-override/rules: " + error.message() +
                                "; nothing is done, as an exception might be lost");
}

}  // namespace driver_override
