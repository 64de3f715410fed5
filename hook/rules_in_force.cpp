// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/rules_in_force.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "hook/fields.hpp"
#include "hook/udev_rules.hpp"
#include "parser/message.hpp"

namespace driver_override {
namespace {

constexpr const char* folder = "run/driver-override";
constexpr const char* file = "run/driver-override/rules";

/// By Source::Kind.
constexpr std::array<std::string_view, 6> kinds = {"command-line",    "image-line",
                                                   "drop-in",         "argument",
                                                   "unreadable-file", "unreadable-command-line"};

/// The text of the last field: a list that has lost a rule might have lost an exception.
std::string rules_in_force_ending(const std::vector<Source>& sources) {
  return std::to_string(sources.size());
}

/// False if a field is not known, or not in its place.
bool learn_rules_in_force(const Fields& fields, std::vector<Source>& sources) {
  std::optional<Source> next;
  for (const auto& [key, value] : fields) {
    const auto* const kind = std::find(kinds.begin(), kinds.end(), key);
    if ((key == "source" || key == "late-source") && !next) {
      next = Source{value, {}, {}, key == "late-source"};
    } else if (key == "trial-refusal" && next) {
      next->trial_refusal = value;
    } else if (kind != kinds.end() && next) {
      next->text = value;
      next->kind = static_cast<Source::Kind>(kind - kinds.begin());
      sources.push_back(std::move(*next));
      next.reset();
    } else {
      return false;
    }
  }
  return !next;
}

/// None if anything is wrong with them.
std::optional<Configuration> parse_rules_in_force(Fields fields) {
  if (fields.empty()) return std::nullopt;
  const auto last = std::move(fields.back());
  fields.pop_back();
  std::vector<Source> sources;
  if (!learn_rules_in_force(fields, sources) || last.first != "end" ||
      last.second != rules_in_force_ending(sources))
    return std::nullopt;
  return parse_configuration_sources(std::move(sources));
}

}  // namespace

void save_rules_in_force(const Root& root, const Configuration& configuration,
                         std::error_code& error) {
  Fields fields;
  for (const Source& source : configuration.sources) {
    fields.emplace_back(source.late ? "late-source" : "source", source.name);
    if (!source.trial_refusal.empty()) fields.emplace_back("trial-refusal", source.trial_refusal);
    fields.emplace_back(kinds.at(static_cast<std::size_t>(source.kind)), source.text);
  }
  fields.emplace_back("end", rules_in_force_ending(configuration.sources));
  const std::string text = to_text(fields);
  error = text.size() > rules_in_force_limit ? std::make_error_code(std::errc::file_too_large)
                                             : std::error_code();
  if (!error) root.make_directories(folder, error);
  if (!error) root.replace(file, text, error, Lasting::until_reboot);
}

bool are_rules_in_force_saved(const Root& root) {
  return root.exists(file);
}

std::optional<Configuration> read_rules_in_force(const Root& root, std::error_code& error) {
  Fields fields = read_fields(root.read(file, error, rules_in_force_limit));
  if (error == std::errc::no_such_file_or_directory) {
    error.clear();
    return std::nullopt;
  }
  if (error) return std::nullopt;
  std::optional<Configuration> configuration = parse_rules_in_force(std::move(fields));
  if (!configuration) error = std::make_error_code(std::errc::bad_message);
  return configuration;
}

bool put_rules_in_force(const Root& root, const Configuration& configuration, const Log& log) {
  std::error_code error;
  save_rules_in_force(root, configuration, error);
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

Configuration read_own_rules_in_force(const Root& root, const std::optional<Configuration>& saved) {
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
    source.trial_refusal = "the image lacks it; rebuild the image, and the next boot tries it";
    sources.push_back(std::move(source));
  }
  return parse_configuration_sources(std::move(sources));
}

Configuration joined_rules_in_force(const Configuration& own,
                                    const std::optional<Configuration>& saved) {
  std::vector<Source> sources = own.sources;
  if (saved) sources.insert(sources.end(), saved->sources.begin(), saved->sources.end());
  return parse_configuration_sources(std::move(sources));
}

void log_unreadable_rules_in_force(const Log& log, const std::error_code& error) {
  log.line(Severity::error, "/run/driver-override/rules: " + error.message() +
                                "; nothing is done, as an exception might be lost");
}

}  // namespace driver_override
