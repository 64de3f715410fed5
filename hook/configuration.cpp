// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/configuration.hpp"

#include <algorithm>
#include <cstring>

#include "parser/parameters.hpp"

namespace driver_override {
namespace {

constexpr const char* command_line_path = "proc/cmdline";

void add_source(Configuration& configuration, Source source, ParsedRules parsed) {
  const std::size_t index = configuration.sources.size();
  configuration.enabled = configuration.enabled && !has_kill_switch(source.text);
  configuration.sources.push_back(std::move(source));
  for (Rule& rule : parsed.rules) {
    configuration.rules.push_back(std::move(rule));
    configuration.rule_sources.push_back(index);
  }
  for (Diagnostic& diagnostic : parsed.diagnostics)
    configuration.findings.push_back({std::move(diagnostic), index});
}

/// The kernel's command line, without the newline that /proc puts behind it.
std::string read_command_line(const Root& root, Configuration& configuration) {
  std::error_code error;
  std::string text = root.read(command_line_path, error);
  if (error && error != std::errc::no_such_file_or_directory)
    configuration.unreadable.push_back(std::string("/") + command_line_path + ": " +
                                       std::strerror(error.value()));
  return text;
}

}  // namespace

Configuration read_configuration(const Root& root, const Request& request) {
  Configuration configuration;
  if (!request.arguments_only) {
    std::string text =
        request.command_line ? *request.command_line : read_command_line(root, configuration);
    if (!text.empty() && text.back() == '\n') text.pop_back();
    ParsedRules parsed = parse_command_line(text);
    add_source(configuration, {"command line", std::move(text)}, std::move(parsed));
  }
  for (const std::string& argument : request.arguments)
    add_source(configuration, {"argument", argument}, parse_argument(argument));
  return configuration;
}

RuleCount count_rules(const Configuration& configuration) {
  const auto bad =
      static_cast<std::size_t>(std::count_if(configuration.rules.begin(), configuration.rules.end(),
                                             [](const Rule& rule) { return rule.bad; }));
  return {bad, configuration.rules.size() - bad};
}

bool has_errors(const Configuration& configuration) {
  return !configuration.unreadable.empty() ||
         std::any_of(configuration.findings.begin(), configuration.findings.end(),
                     [](const Configuration::Finding& finding) {
                       return finding.diagnostic.severity == Severity::error;
                     });
}

std::vector<std::string> render(const Configuration& configuration,
                                const Configuration::Finding& finding) {
  const Source& source = configuration.sources[finding.source];
  return render(finding.diagnostic, source.text, source.name);
}

std::string to_text(const RuleCount& count) {
  return std::to_string(count.left_out) + (count.left_out == 1 ? " rule" : " rules") +
         " left out, " + std::to_string(count.applied) + " applied";
}

}  // namespace driver_override
