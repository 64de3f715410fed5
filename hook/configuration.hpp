// SPDX-License-Identifier: LGPL-2.1-or-later
// Where rules come from, and whether they are in force. A further source belongs here.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hook/root.hpp"
#include "parser/message.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// A text with rules in it, or one that could not be read and may have held rules.
struct Source {
  enum class Kind {
    command_line,  ///< the kernel's
    image_line,    ///< a command line that an image holds in a file
    drop_in_line,  ///< of a drop-in file
    argument,
    unreadable_file,         ///< of drop-ins, or a folder of them
    unreadable_command_line  ///< it may hold the kill switch
  };
  std::string name;  ///< "command line", "argument", "FILE:LINE", or of an unreadable one "FILE"
  std::string text;  ///< what offsets count in; of an unreadable one the reason
  Kind kind = Kind::command_line;
  bool late = false;            ///< of the real root's own files, and the image lacks it
  std::string trial_refusal{};  ///< why its trial rules are left out; empty if they hold
};

/// What a caller asks to be read.
struct Request {
  std::optional<std::string> command_line;  ///< in place of /proc/cmdline
  std::vector<std::string> arguments;       ///< rules or parameters behind it
  bool arguments_only = false;              ///< leave everything but them out
};

struct Configuration {
  bool enabled = true;  ///< false: the kill switch stands, or may stand in an unreadable source
  std::string command_line;  ///< the kernel's, or what stands for it; also if it gives no rules
  std::vector<Source> sources;

  std::vector<Rule> rules;                ///< in order, good and bad
  std::vector<std::size_t> rule_sources;  ///< for each rule the index of its source

  /// What is wrong in the sources, in their order. A source that cannot be read has a message
  /// without a place: "FILE: REASON".
  std::vector<Message> messages;
};

/// Reads and parses the sources in their order: the drop-in files; credentials; in an initramfs
/// /etc/cmdline.d/*.conf and /etc/cmdline, as dracut does; the kernel's command line; the
/// arguments. Drop-ins are *.conf in /usr/lib, /etc and /run/driver-override.d, sorted by file
/// name. A name in a later folder hides the same name in an earlier one; an empty file or a link to
/// /dev/null hides without replacing.
///
/// What cannot be read may hold an exception: a lost rule (Rule::lost) stands in its place. A
/// command line that cannot be read may hold the kill switch: then nothing is enabled.
Configuration read_configuration(const Root& root, const Request& request);

/// The lines of a drop-in file that hold rules.
///
/// \param path  with its `/` in front
std::vector<Source> drop_in_sources(const std::string& path, std::string_view text);

/// Parses sources that were read before, in their order. A rule on trial whose source has a refusal
/// is left out, as if it were not there, and an error says so.
Configuration parse_configuration_sources(std::vector<Source> sources);

/// How many of the rules are bad, and how many are not. Lost ones are no rules.
struct RuleCount {
  std::size_t left_out = 0;
  std::size_t applied = 0;
};
RuleCount count_configured_rules(const Configuration& configuration);

/// True if some rule or source could not be read.
bool has_configuration_errors(const Configuration& configuration);

/// True if somebody has said `driver_override=off`, as opposed to a source that may say it.
bool is_configuration_switched_off(const Configuration& configuration);

/// Why nothing is enabled, such as "switched off by driver_override=off".
std::string disabled_configuration_text(const Configuration& configuration);

/// A message about the configuration, with its excerpt, as lines.
std::vector<std::string> render(const Configuration& configuration, const Message& message,
                                std::size_t columns = widest_excerpt);

/// Where a rule stands, for a message that shows no excerpt.
Place place_of_configured_rule(const Configuration& configuration, std::size_t rule);

/// "1 rule left out, 1 applied"
std::string to_text(const RuleCount& count);

}  // namespace driver_override
