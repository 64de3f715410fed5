// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/configuration.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>

#include "parser/parameters.hpp"

namespace driver_override {
namespace {

constexpr const char* command_line_path = "proc/cmdline";
constexpr std::array<const char*, 3> drop_in_folders = {
    "usr/lib/driver-override.d", "etc/driver-override.d", "run/driver-override.d"};

void warn_of_encoding(Configuration& configuration, std::size_t source) {
  const std::string& text = configuration.sources[source].text;
  if (as_utf8(text) == text) return;
  Diagnostic warning =
      error_at({0, text.size()}, "the line is not valid UTF-8", "write such a byte as %XX");
  warning.severity = Severity::warning;
  configuration.findings.push_back({std::move(warning), source});
}

ParsedRules parse(const Source& source) {
  switch (source.kind) {
    case Source::Kind::parameters:
      return parse_command_line(source.text);
    case Source::Kind::argument:
      return parse_argument(source.text);
    case Source::Kind::drop_in_line:
      break;
  }
  const std::string_view rule = strip_comment(source.text);
  return parse_drop_in_line(rule, static_cast<std::size_t>(rule.data() - source.text.data()));
}

void add_source(Configuration& configuration, Source source) {
  const std::size_t index = configuration.sources.size();
  const bool is_drop_in = source.kind == Source::Kind::drop_in_line;
  // In a drop-in it is an error of its own.
  if (!is_drop_in && has_kill_switch(source.text)) configuration.enabled = false;
  configuration.sources.push_back(std::move(source));
  ParsedRules parsed = parse(configuration.sources.back());
  for (Rule& rule : parsed.rules) {
    configuration.rules.push_back(std::move(rule));
    configuration.rule_sources.push_back(index);
  }
  for (Diagnostic& diagnostic : parsed.diagnostics)
    configuration.findings.push_back({std::move(diagnostic), index});
  if (is_drop_in) warn_of_encoding(configuration, index);
}

/// Reads a file that may be absent; anything else that is wrong with it is a message.
std::string read_file(const Root& root, const std::string& path, Configuration& configuration) {
  std::error_code error;
  std::string text = root.read(path, error);
  if (error && error != std::errc::no_such_file_or_directory)
    configuration.unreadable.push_back("/" + path + ": " + std::strerror(error.value()));
  return text;
}

/// Calls `take` with each line of the text and its number, from 1.
template <typename Take>
void for_each_line(std::string_view text, Take take) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end), number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool is_conf(const std::string& name) {
  constexpr std::string_view suffix = ".conf";
  return name.size() > suffix.size() &&
         name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0;
}

std::vector<std::string> list_conf(const Root& root, const std::string& folder,
                                   Configuration& configuration) {
  std::error_code error;
  std::vector<std::string> names = root.list(folder, error);
  if (error && error != std::errc::no_such_file_or_directory)
    configuration.unreadable.push_back("/" + folder + ": " + std::strerror(error.value()));
  names.erase(std::remove_if(names.begin(), names.end(),
                             [](const std::string& name) { return !is_conf(name); }),
              names.end());
  return names;
}

void add_drop_in(const Root& root, const std::string& path, Configuration& configuration) {
  const std::size_t slash = path.rfind('/');
  if (root.link(path.substr(0, slash), path.substr(slash + 1)) == "null") return;
  std::error_code error;
  const std::string text = root.read(path, error);
  if (error) configuration.unreadable.push_back("/" + path + ": " + std::strerror(error.value()));
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    if (strip_comment(line).empty()) return;
    add_source(configuration, {"/" + path + ":" + std::to_string(number), std::string(line),
                               Source::Kind::drop_in_line});
  });
}

void add_drop_ins(const Root& root, Configuration& configuration) {
  std::map<std::string, std::string> paths;  // by file name: a later folder replaces
  for (const char* folder : drop_in_folders)
    for (const std::string& name : list_conf(root, folder, configuration))
      paths[name] = std::string(folder) + "/" + name;
  for (const auto& [name, path] : paths) add_drop_in(root, path, configuration);
}

/// What the image's builder added to the command line.
void add_image_command_lines(const Root& root, Configuration& configuration) {
  if (!root.exists("etc/initrd-release")) return;
  std::vector<std::string> paths;
  for (const std::string& name : list_conf(root, "etc/cmdline.d", configuration))
    paths.push_back("etc/cmdline.d/" + name);
  paths.emplace_back("etc/cmdline");
  for (const std::string& path : paths) {
    const std::string text = read_file(root, path, configuration);
    for_each_line(text, [&](std::string_view line, std::size_t number) {
      add_source(configuration, {"/" + path + ":" + std::to_string(number), std::string(line)});
    });
  }
}

}  // namespace

Configuration read_configuration(const Root& root, const Request& request) {
  Configuration configuration;
  std::string text = request.command_line ? *request.command_line
                                          : read_file(root, command_line_path, configuration);
  if (!text.empty() && text.back() == '\n') text.pop_back();
  configuration.command_line = text;
  if (!request.arguments_only) {
    add_drop_ins(root, configuration);
    add_image_command_lines(root, configuration);
    add_source(configuration, {"command line", std::move(text)});
  }
  for (const std::string& argument : request.arguments)
    add_source(configuration, {"argument", argument, Source::Kind::argument});
  return configuration;
}

Configuration parse_sources(std::vector<Source> sources) {
  Configuration configuration;
  for (Source& source : sources) add_source(configuration, std::move(source));
  return configuration;
}

bool is_initramfs(const Root& root) {
  return root.exists("etc/initrd-release") || root.exists("conf/initramfs.conf");
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
