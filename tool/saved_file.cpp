// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/saved_file.hpp"

#include <algorithm>

#include "parser/parameters.hpp"

namespace driver_override {
namespace {

/// One line on its way through an edit.
class Line {
 public:
  Line(std::string_view line, const Unwanted& unwanted, Edited& edited)
      : line_(line), unwanted_(unwanted), edited_(edited) {}

  void edit() {
    const std::string_view rules = strip_comment(line_);
    const ParsedRules parsed = parse_drop_in_line(rules, 0);
    std::string kept;
    bool changed = false;
    for (const Rule& rule : parsed.rules) {
      const Rule rest = reduce(rule);
      changed = changed || rest.devices.size() != rule.devices.size();
      if (!rule.bad && rest.devices.empty()) continue;
      const bool is_whole = rule.bad || rest.devices.size() == rule.devices.size();
      kept += (kept.empty() ? "" : ";") + (is_whole ? rule.text : to_text(rest));
    }
    if (!changed)
      edited_.text.append(line_) += '\n';
    else if (!kept.empty())
      edited_.text.append(kept).append(behind(rules)) += '\n';
  }

 private:
  Rule reduce(const Rule& rule) {
    Rule rest = rule;
    if (rule.bad) return rest;
    rest.devices.clear();
    for (const DevicePattern& device : rule.devices) {
      if (!unwanted_(rule, device)) {
        rest.devices.push_back(device);
        continue;
      }
      Rule gone = rule;
      gone.devices = {device};
      edited_.removed.push_back(to_text(gone));
    }
    return rest;
  }

  /// What follows the rules: blanks and a comment.
  [[nodiscard]] std::string_view behind(std::string_view rules) const {
    return line_.substr(static_cast<std::size_t>(rules.data() - line_.data()) + rules.size());
  }

  std::string_view line_;
  const Unwanted& unwanted_;
  Edited& edited_;
};

}  // namespace

Edited without(std::string_view text, const Unwanted& unwanted) {
  Edited edited;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    Line(text.substr(0, end), unwanted, edited).edit();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return edited;
}

std::string with_rule(std::string_view text, const Rule& rule) {
  const auto is_replaced = [&](const Rule& old, const DevicePattern& device) {
    return old.bus == rule.bus &&
           std::any_of(rule.devices.begin(), rule.devices.end(),
                       [&](const DevicePattern& one) { return one.text == device.text; });
  };
  return without(text, is_replaced).text + to_text(rule) + "\n";
}

}  // namespace driver_override
