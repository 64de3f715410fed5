// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/saved_rules.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "hook/fields.hpp"

namespace driver_override {
namespace {

constexpr const char* folder = "run/driver-override";
constexpr const char* file = "run/driver-override/rules";

/// By Source::Kind.
constexpr std::array<std::string_view, 3> kinds = {"parameters", "drop-in", "argument"};

}  // namespace

void save_rules(const Root& root, const Configuration& configuration, std::error_code& error) {
  if (configuration.rules.empty() && configuration.enabled) return root.remove(file, error);
  Fields fields;
  for (const Source& source : configuration.sources) {
    fields.emplace_back("source", source.name);
    fields.emplace_back(kinds.at(static_cast<std::size_t>(source.kind)), source.text);
  }
  fields.emplace_back("end", "");
  root.make_directories(folder, error);
  if (!error) root.replace(file, to_text(fields), error);
}

std::optional<Configuration> read_saved_rules(const Root& root, std::error_code& error) {
  const Fields fields = read_fields(root.read(file, error));
  if (error == std::errc::no_such_file_or_directory) {
    error.clear();
    return std::nullopt;
  }
  // Half a list of rules might lack an exception.
  if (!error && (fields.empty() || fields.back().first != "end"))
    error = std::make_error_code(std::errc::bad_message);
  if (error) return std::nullopt;
  std::vector<Source> sources;
  std::string name;
  std::string command_line;
  for (const auto& [key, value] : fields) {
    if (key == "source") name = value;
    const auto* const kind = std::find(kinds.begin(), kinds.end(), key);
    if (kind == kinds.end()) continue;
    sources.push_back({name, value, static_cast<Source::Kind>(kind - kinds.begin())});
    if (name == "command line") command_line = value;
  }
  Configuration configuration = parse_sources(std::move(sources));
  configuration.command_line = std::move(command_line);
  return configuration;
}

}  // namespace driver_override
