// SPDX-License-Identifier: LGPL-2.1-or-later
// Any bytes as a command line: what is read is printed so that it reads back, and what is said
// points into the line.
#include "parser/command_line.hpp"

#include "parser/message.hpp"
#include "parser/parameter.hpp"
#include "tests/fuzz/input.hpp"

namespace driver_override {
namespace {

bool lies_in(const Span& inner, const Span& outer) {
  return inner.offset >= outer.offset && inner.offset + inner.length <= outer.offset + outer.length;
}

void check_message(const Message& message, const std::string& line) {
  const Span whole{0, line.size()};
  if (message.place) {
    require(lies_in(message.place->span, whole), "a message points into the line", message.text);
    if (message.place->excerpt)
      require(lies_in(*message.place->excerpt, whole), "an excerpt lies in the line", message.text);
  }
  for (const std::size_t columns : {0U, 40U, 128U})
    for (const std::string& shown : render(message, line, "command line", columns))
      for (const char byte : shown)
        require(static_cast<unsigned char>(byte) >= ' ' && byte != '\x7F',
                "nothing that is shown controls a terminal", shown);
}

void check_rule(const Rule& rule) {
  if (rule.bad) return;
  const std::string printed = to_text(rule);
  const ParsedRules again = parse_rules(printed, 0);
  require(again.rules.size() == 1 && !again.rules[0].bad, "a rule reads back", printed);
  const Rule& other = again.rules[0];
  require(to_text(other) == printed, "a rule is printed as it was", printed);
  require(other.bus == rule.bus && other.driver == rule.driver &&
              other.devices.size() == rule.devices.size() && other.options.id == rule.options.id &&
              other.options.module == rule.options.module &&
              other.options.class_prefix == rule.options.class_prefix &&
              other.options.sticky == rule.options.sticky &&
              other.options.norebind == rule.options.norebind &&
              other.options.trial == rule.options.trial,
          "a rule reads back as the same", printed);
  for (std::size_t i = 0; i < rule.devices.size(); ++i)
    require(exact_name_in_rule(rule.devices[i]) == exact_name_in_rule(other.devices[i]) &&
                is_rule_pattern(rule.devices[i]) == is_rule_pattern(other.devices[i]),
            "a device reads back as the same", printed);
}

void check_line(const std::string& line) {
  const ParsedRules parsed = parse_command_line(line);
  bool has_bad = false;
  for (const Rule& rule : parsed.rules) {
    has_bad = has_bad || rule.bad;
    require(lies_in(rule.span, {0, line.size()}), "a rule lies in the line", rule.text);
    check_rule(rule);
  }
  require(!has_bad || has_error(parsed.messages), "a bad rule comes with an error", line);
  for (const Message& message : parsed.messages) check_message(message, line);
  for (const Parameter& parameter : split_into_parameters(line))
    require(lies_in(parameter.word, {0, line.size()}), "a word lies in the line", line);
}

}  // namespace
}  // namespace driver_override

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  driver_override::check_line(driver_override::Input(data, size).rest());
  return 0;
}
