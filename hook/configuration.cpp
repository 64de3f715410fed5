// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/configuration.hpp"

#include <algorithm>
#include <utility>

#include "hook/credentials.hpp"
#include "hook/drop_ins.hpp"
#include "hook/initramfs.hpp"
#include "parser/command_line.hpp"
#include "parser/drop_in_line.hpp"
#include "parser/kill_switch.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

constexpr const char* command_line_path = "proc/cmdline";

void warn_of_configured_encoding(Configuration& configuration, std::size_t source) {
  const std::string& text = configuration.sources[source].text;
  if (as_utf8(text) == text) return;
  const Span whole = {0, text.size()};
  configuration.messages.push_back({Severity::warning, "the line is not valid UTF-8",
                                    "write such a byte as %XX", Place{whole, whole, source}});
}

ParsedRules parse_configured_source(const Source& source) {
  ParsedRules result;
  switch (source.kind) {
    case Source::Kind::command_line:
      return parse_command_line(source.text);
    case Source::Kind::image_line:
      return parse_uncut_command_line(source.text);
    case Source::Kind::argument:
      return parse_argument(source.text);
    case Source::Kind::drop_in_line: {
      const std::string_view rule = strip_comment(source.text);
      return parse_drop_in_line(rule, static_cast<std::size_t>(rule.data() - source.text.data()));
    }
    case Source::Kind::unreadable_file:
    case Source::Kind::unreadable_command_line:
      add_lost_rule(result, source.name, {Severity::error, source.name + ": " + source.text});
  }
  return result;
}

/// A kill switch in a drop-in is an error of its own.
bool has_switch_in_source(const Source& source) {
  const bool may_switch = source.kind == Source::Kind::command_line ||
                          source.kind == Source::Kind::image_line ||
                          source.kind == Source::Kind::argument;
  return may_switch && has_kill_switch(source.text);
}

/// A trial that must not be: what was in force before it is in force again.
void leave_trial_out_of_configuration(ParsedRules& parsed, const std::string& refusal) {
  for (const Rule& rule : parsed.rules)
    if (is_rule_on_trial(rule))
      parsed.messages.push_back({Severity::error, "the rule is on trial and left out: " + refusal,
                                 "without the option trial it would hold in every boot",
                                 Place{rule.span, rule.span, 0}});
  std::erase_if(parsed.rules, is_rule_on_trial);
}

void add_source(Configuration& configuration, Source source) {
  const std::size_t index = configuration.sources.size();
  const Source::Kind kind = source.kind;
  if (kind == Source::Kind::unreadable_command_line || has_switch_in_source(source))
    configuration.enabled = false;
  if (kind == Source::Kind::command_line) configuration.command_line = source.text;
  configuration.sources.push_back(std::move(source));
  ParsedRules parsed = parse_configured_source(configuration.sources.back());
  if (const std::string& refusal = configuration.sources.back().trial_refusal; !refusal.empty())
    leave_trial_out_of_configuration(parsed, refusal);
  for (Rule& rule : parsed.rules) {
    configuration.rules.push_back(std::move(rule));
    configuration.rule_sources.push_back(index);
  }
  for (Message& message : parsed.messages) {
    if (message.place) message.place->source = index;
    configuration.messages.push_back(std::move(message));
  }
  if (kind == Source::Kind::drop_in_line) warn_of_configured_encoding(configuration, index);
}

void add_unreadable_to_configuration(Configuration& configuration, const std::string& path,
                                     std::string reason, Source::Kind kind) {
  add_source(configuration, {"/" + path, std::move(reason), kind});
}

/// Calls `take` with each line of the text and its number, from 1.
template <typename Take>
void for_each_configured_line(std::string_view text, Take take) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end), number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// A file of rules, or one that could not be read.
///
/// \param path   below the root
/// \param fault  why it was not read; empty if it was
void add_file_to_configuration(Configuration& configuration, const std::string& path,
                               std::string_view text, const std::string& fault) {
  if (!fault.empty())
    return add_unreadable_to_configuration(configuration, path, fault,
                                           Source::Kind::unreadable_file);
  for (Source& source : drop_in_sources("/" + path, text))
    add_source(configuration, std::move(source));
}

void add_drop_ins(const Root& root, Configuration& configuration) {
  for (const DropIn& one : read_drop_ins(root))
    add_file_to_configuration(configuration, one.path, one.text, one.fault);
}

void add_credentials_to_configuration(const Root& root, Configuration& configuration) {
  for (const Credential& one : read_credentials(root))
    add_file_to_configuration(configuration, one.path, one.text, one.fault);
}

void add_image_file_to_configuration(const Root& root, const std::string& path,
                                     Configuration& configuration) {
  std::error_code error;
  const std::string text = root.read(path, error);
  if (error == std::errc::no_such_file_or_directory) return;
  if (error)
    return add_unreadable_to_configuration(configuration, path, error.message(),
                                           Source::Kind::unreadable_command_line);
  for_each_configured_line(text, [&](std::string_view line, std::size_t number) {
    add_source(configuration, {"/" + path + ":" + std::to_string(number), std::string(line),
                               Source::Kind::image_line});
  });
}

/// What the image's builder added to the command line.
void add_image_lines_to_configuration(const Root& root, Configuration& configuration) {
  if (!is_image_of_dracut(root)) return;
  const std::string folder = "etc/cmdline.d/";
  std::error_code error;
  for (const std::string& name : list_drop_in_names(root, folder, error))
    add_image_file_to_configuration(root, folder + name, configuration);
  if (error)
    add_unreadable_to_configuration(configuration, folder, error.message(),
                                    Source::Kind::unreadable_command_line);
  add_image_file_to_configuration(root, "etc/cmdline", configuration);
}

std::string read_command_line(const Root& root, const Request& request, std::error_code& error) {
  std::string text =
      request.command_line ? *request.command_line : root.read(command_line_path, error);
  // A copy of another machine's tree may well have none; the running system always has one.
  if (error == std::errc::no_such_file_or_directory && !root.is_system()) error.clear();
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

void add_command_line(const Root& root, const Request& request, Configuration& configuration) {
  std::error_code error;
  configuration.command_line = read_command_line(root, request, error);
  if (request.arguments_only) return;
  if (error)
    add_unreadable_to_configuration(configuration, command_line_path, error.message(),
                                    Source::Kind::unreadable_command_line);
  else
    add_source(configuration, {"command line", configuration.command_line});
}

}  // namespace

std::vector<Source> drop_in_sources(const std::string& path, std::string_view text) {
  std::vector<Source> sources;
  for_each_configured_line(text, [&](std::string_view line, std::size_t number) {
    if (!strip_comment(line).empty())
      sources.push_back(
          {path + ":" + std::to_string(number), std::string(line), Source::Kind::drop_in_line});
  });
  return sources;
}

Configuration read_configuration(const Root& root, const Request& request) {
  Configuration configuration;
  if (!request.arguments_only) {
    add_drop_ins(root, configuration);
    add_credentials_to_configuration(root, configuration);
    add_image_lines_to_configuration(root, configuration);
  }
  add_command_line(root, request, configuration);
  for (const std::string& argument : request.arguments)
    add_source(configuration, {"argument", argument, Source::Kind::argument});
  return configuration;
}

Configuration parse_configuration_sources(std::vector<Source> sources) {
  Configuration configuration;
  for (Source& source : sources) add_source(configuration, std::move(source));
  return configuration;
}

RuleCount count_configured_rules(const Configuration& configuration) {
  RuleCount count;
  for (const Rule& rule : configuration.rules) {
    if (!rule.bad)
      ++count.applied;
    else if (!rule.lost)
      ++count.left_out;
  }
  return count;
}

bool has_configuration_errors(const Configuration& configuration) {
  return has_error(configuration.messages);
}

bool is_configuration_switched_off(const Configuration& configuration) {
  return std::any_of(configuration.sources.begin(), configuration.sources.end(),
                     has_switch_in_source);
}

std::string disabled_configuration_text(const Configuration& configuration) {
  if (is_configuration_switched_off(configuration)) return "switched off by driver_override=off";
  std::string text;
  for (const Source& source : configuration.sources)
    if (source.kind == Source::Kind::unreadable_command_line) text = printable(source.name);
  return text + " cannot be read, and may say driver_override=off";
}

std::vector<std::string> render(const Configuration& configuration, const Message& message,
                                std::size_t columns) {
  if (!message.place) return render(message, {}, {});
  const Source& source = configuration.sources[message.place->source];
  return render(message, source.text, source.name, columns);
}

Place place_of_configured_rule(const Configuration& configuration, std::size_t rule) {
  return {configuration.rules[rule].span, std::nullopt, configuration.rule_sources[rule]};
}

std::string to_text(const RuleCount& count) {
  return std::to_string(count.left_out) + (count.left_out == 1 ? " rule" : " rules") +
         " left out, " + std::to_string(count.applied) + " applied";
}

}  // namespace driver_override
