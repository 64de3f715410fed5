// SPDX-License-Identifier: LGPL-2.1-or-later
// A rule, and any bytes as the file of saved rules: an edited file reads back as it was meant, what
// was not asked for stays, and the same edit again changes nothing. Only in a file with a bad rule
// may it read as something else; SavedEditor::write() refuses it then.
#include <algorithm>

#include "hook/configuration.hpp"
#include "parser/drop_in_line.hpp"
#include "tests/fuzz/input.hpp"
#include "tool/commands/saved_conf.hpp"

namespace driver_override {
namespace {

/// The lines that hold no rule.
std::vector<std::string> comments_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    if (strip_comment(line).empty()) lines.push_back(std::move(line));
    at = end + 1;
  }
  return lines;
}

/// True if the text reads as it is meant to, and so would be written.
bool reads_back(const Edited& edited) {
  const std::vector<Rule> rules = parse_saved(edited.text);
  const bool reads = rules_in_saved_conf(edited.text) == edited.rules;
  require(reads || std::any_of(rules.begin(), rules.end(), [](const Rule& one) { return one.bad; }),
          "without a bad rule it reads back", edited.text);
  return reads;
}

void check_addition(const std::string& text, const Rule& rule) {
  const Edited edited = add_rule_to_saved_conf(text, rule);
  if (!reads_back(edited)) return;
  require(std::count(edited.rules.begin(), edited.rules.end(), saved_line(rule)) > 0,
          "the rule is there", edited.text);
  require(comments_of(edited.text) == comments_of(text), "no comment is lost", edited.text);
  require(add_rule_to_saved_conf(edited.text, rule).text == edited.text,
          "saved again it is the same", edited.text);
}

void check_removal(const std::string& text, const std::string& bus) {
  const Unwanted unwanted = [&](const Rule& rule, const DevicePattern&) { return rule.bus == bus; };
  const Edited edited = remove_saved_devices(text, unwanted);
  if (!reads_back(edited)) return;
  require(comments_of(edited.text) == comments_of(text), "no comment is lost", edited.text);
  for (const Rule& rule : parse_saved(edited.text))
    require(rule.bad || rule.bus != bus, "what is forgotten is gone", edited.text);
  // But for a newline that the last line lacks.
  if (edited.removed.empty())
    require(edited.text == text || edited.text == text + '\n', "what names nothing changes nothing",
            text);
}

}  // namespace
}  // namespace driver_override

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driver_override;
  Input input(data, size);
  const ParsedRules wanted = parse_argument(input.line());
  const std::string text = input.rest();
  const auto rule = std::find_if(wanted.rules.begin(), wanted.rules.end(),
                                 [](const Rule& one) { return !one.bad; });
  if (rule != wanted.rules.end()) check_addition(text, *rule);
  check_removal(text, "pci");
  check_removal(text, "platform");
  return 0;
}
