// SPDX-License-Identifier: LGPL-2.1-or-later
// Where rules come from, and whether they are in force. A further source belongs here.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "hook/root.hpp"
#include "parser/diagnostic.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// A text with rules in it.
struct Source {
  enum class Kind {
    parameters,    ///< a command line, or one in a file
    drop_in_line,  ///< of a drop-in file
    argument
  };
  std::string name;  ///< "command line", "argument", "FILE:LINE"
  std::string text;  ///< what offsets count in
  Kind kind = Kind::parameters;
};

/// What a caller asks to be read.
struct Request {
  std::optional<std::string> command_line;  ///< in place of /proc/cmdline
  std::vector<std::string> arguments;       ///< rules or parameters behind it
  bool arguments_only = false;              ///< leave everything but them out
};

struct Configuration {
  bool enabled = true;       ///< false: the kill switch stands
  std::string command_line;  ///< the kernel's, or what stands for it; also where it gives no rules
  std::vector<Source> sources;

  std::vector<Rule> rules;                ///< in order, good and bad
  std::vector<std::size_t> rule_sources;  ///< for each rule the index of its source

  struct Finding {
    Diagnostic diagnostic;
    std::size_t source;
  };
  std::vector<Finding> findings;

  std::vector<std::string> unreadable;  ///< a message for each source that could not be read
};

/// Reads and parses the sources in their order: the drop-in files; in an initramfs
/// /etc/cmdline.d/*.conf and /etc/cmdline, as dracut does; the kernel's command line; the
/// arguments. Drop-ins are *.conf in /usr/lib, /etc and /run/driver-override.d, sorted by file
/// name, where a name in a later folder hides the same name in an earlier one; an empty file or a
/// link to /dev/null hides without replacing.
Configuration read_configuration(const Root& root, const Request& request);

/// Parses sources that were read before, in their order.
Configuration parse_sources(std::vector<Source> sources);

/// True in an initramfs: of systemd, dracut or mkinitcpio, or of initramfs-tools.
bool is_initramfs(const Root& root);

/// How many of the rules are bad, and how many are not.
struct RuleCount {
  std::size_t left_out = 0;
  std::size_t applied = 0;
};
RuleCount count_rules(const Configuration& configuration);

/// True where some rule or source could not be read.
bool has_errors(const Configuration& configuration);

/// A finding with its caret, as lines.
std::vector<std::string> render(const Configuration& configuration,
                                const Configuration::Finding& finding);

/// "1 rule left out, 1 applied"
std::string to_text(const RuleCount& count);

}  // namespace driver_override
