// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/commands/saved_conf.hpp"

#include <algorithm>
#include <iterator>

#include "parser/blank.hpp"
#include "parser/drop_in_line.hpp"
#include "parser/name.hpp"

namespace driver_override {
namespace {

/// What separates rules: `;`, or in `pci=` a comma.
bool is_saved_separator(char byte) {
  return byte == ';' || byte == ',';
}

/// The text of a rule, or of a device in it, as a line of a drop-in can hold it.
std::string on_a_line_of_saved_conf(const std::string& text) {
  std::string line;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool opens_comment = text[at] == '#' && at > 0 && is_blank(text[at - 1]);
    const bool before_one = is_blank(text[at]) && text[at + 1] == '#';
    const bool is_control = static_cast<unsigned char>(text[at]) < ' ';
    if (opens_comment)
      line += "%23";
    else
      line += before_one || is_control ? encode_name({&text[at], 1}) : text.substr(at, 1);
  }
  return line;
}

std::string reading_of_saved_conf(const Rule& rule) {
  return rule.bad ? rule.text : saved_line(rule);
}

bool is_same_saved_device(const DevicePattern& one, const DevicePattern& other) {
  return on_a_line_of_saved_conf(one.text) == on_a_line_of_saved_conf(other.text);
}

/// True if what each of the two names depends on the same bus, `id=` and `class=`.
bool has_same_saved_guards(const Rule& one, const Rule& other) {
  return one.bus == other.bus && one.options.id == other.options.id &&
         one.options.class_prefix == other.options.class_prefix;
}

/// True if both name the same devices in the same words.
bool names_same_saved_devices(const Rule& one, const Rule& other) {
  return has_same_saved_guards(one, other) &&
         std::equal(one.devices.begin(), one.devices.end(), other.devices.begin(),
                    other.devices.end(), is_same_saved_device);
}

/// One line on its way through an edit: copied up to `at_`, but for what is cut out or replaced.
class SavedConfLine {
 public:
  /// \param heir  what takes the place of a rule with the same devices; null: nothing does
  SavedConfLine(std::string_view line, const Unwanted& unwanted, const Rule* heir, Edited& edited)
      : line_(line), unwanted_(unwanted), heir_(heir), edited_(edited) {}

  void edit() {
    const std::string_view rules = strip_comment(line_);
    begin_ = static_cast<std::size_t>(rules.data() - line_.data());
    end_ = begin_ + rules.size();
    for (const Rule& rule : parse_drop_in_line(rules, begin_).rules) {
      if (!rule.bad && heir_ != nullptr && names_same_saved_devices(rule, *heir_)) {
        replace_by_heir(rule);
        continue;
      }
      const Rule rest = rule.bad ? rule : reduce(rule);
      if (rest.bad || !rest.devices.empty()) rules_.push_back(reading_of_saved_conf(rest));
    }
    copy_to(line_.size());
    // What begins with `#` or `pci=` is another thing at the start of a line than behind a rule.
    if (changed_ && rules_in_saved_conf(copy_) != rules_) copy_.insert(begin_, ";");
    if (!changed_ || !rules_.empty()) edited_.text.append(copy_) += '\n';
    std::move(rules_.begin(), rules_.end(), std::back_inserter(edited_.rules));
  }

 private:
  void copy_to(std::size_t end) {
    copy_ += line_.substr(at_, end - at_);
    at_ = end;
  }

  /// Takes the unwanted devices out of a good rule, and the rule out of the line if it has no
  /// other.
  ///
  /// \return what is left of it
  Rule reduce(const Rule& rule) {
    Rule rest = rule;
    rest.devices.clear();
    for (const DevicePattern& device : rule.devices) {
      if (unwanted_(rule, device))
        note(rule, device);
      else
        rest.devices.push_back(device);
    }
    if (rest.devices.empty())
      cut(rule.span);
    else if (rest.devices.size() != rule.devices.size())
      replace_devices(rule, rest);
    return rest;
  }

  void replace_by_heir(const Rule& rule) {
    for (const DevicePattern& device : rule.devices) note(rule, device);
    copy_to(rule.span.offset);
    copy_ += saved_line(*heir_);
    at_ += rule.span.length;
    rules_.push_back(saved_line(*heir_));
  }

  void note(Rule gone, const DevicePattern& device) {
    changed_ = true;
    gone.devices = {device};
    edited_.removed.push_back(to_text(gone));
  }

  void replace_devices(const Rule& rule, const Rule& rest) {
    copy_to(rule.devices.front().span.offset);
    for (std::size_t index = 0; index < rest.devices.size(); ++index)
      copy_.append(index == 0 ? "" : ",").append(rest.devices[index].text);
    const Span& last = rule.devices.back().span;
    at_ = last.offset + last.length;
  }

  /// Cuts a rule, the blanks around it, and the separator in front of it or else the one behind.
  void cut(Span rule) {
    while (rule.offset > std::max(at_, begin_) && is_blank(line_[rule.offset - 1])) {
      --rule.offset;
      ++rule.length;
    }
    copy_to(rule.offset);
    at_ += rule.length;
    while (at_ < end_ && is_blank(line_[at_])) ++at_;
    if (!copy_.empty() && is_saved_separator(copy_.back()))
      copy_.pop_back();
    else if (at_ < end_)
      ++at_;
  }

  std::string_view line_;
  const Unwanted& unwanted_;
  const Rule* heir_;
  Edited& edited_;
  std::size_t begin_ = 0;  ///< of the rules in the line
  std::size_t end_ = 0;
  std::size_t at_ = 0;
  std::string copy_;
  std::vector<std::string> rules_;  ///< what the copy must read back as
  bool changed_ = false;
};

/// Calls `take` with each line of the text.
template <typename Take>
void for_each_saved_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

Edited edit_saved_conf(std::string_view text, const Unwanted& unwanted, const Rule* heir) {
  Edited edited;
  for_each_saved_line(
      text, [&](std::string_view line) { SavedConfLine(line, unwanted, heir, edited).edit(); });
  return edited;
}

/// True if the new rule, a pattern, is to stand where its forerunner stands: behind the
/// forerunner's exceptions it would take what they spare.
bool takes_place_in_saved_conf(std::string_view text, const Rule& rule) {
  // In "pci=", a rule has another form.
  if (!std::any_of(rule.devices.begin(), rule.devices.end(), is_rule_pattern) ||
      text.find("pci=") != std::string_view::npos)
    return false;
  const std::vector<Rule> rules = parse_saved(text);
  return std::count_if(rules.begin(), rules.end(), [&](const Rule& old) {
           return !old.bad && names_same_saved_devices(old, rule);
         }) == 1;
}

}  // namespace

Edited remove_saved_devices(std::string_view text, const Unwanted& unwanted) {
  return edit_saved_conf(text, unwanted, nullptr);
}

Edited add_rule_to_saved_conf(std::string_view text, const Rule& rule) {
  if (takes_place_in_saved_conf(text, rule))
    return edit_saved_conf(
        text, [](const Rule&, const DevicePattern&) { return false; }, &rule);
  const auto is_replaced = [&](const Rule& old, const DevicePattern& device) {
    return has_same_saved_guards(old, rule) &&
           std::any_of(rule.devices.begin(), rule.devices.end(),
                       [&](const DevicePattern& one) { return is_same_saved_device(one, device); });
  };
  Edited edited = remove_saved_devices(text, is_replaced);
  edited.text.append(saved_line(rule)) += '\n';
  edited.rules.push_back(saved_line(rule));
  return edited;
}

std::string saved_line(const Rule& rule) {
  return on_a_line_of_saved_conf(to_text(rule));
}

std::vector<Rule> parse_saved(std::string_view text) {
  std::vector<Rule> rules;
  for_each_saved_line(text, [&](std::string_view line) {
    ParsedRules parsed = parse_drop_in_line(strip_comment(line), 0);
    std::move(parsed.rules.begin(), parsed.rules.end(), std::back_inserter(rules));
  });
  return rules;
}

std::vector<std::string> rules_in_saved_conf(std::string_view text) {
  std::vector<std::string> rules;
  for (const Rule& rule : parse_saved(text)) rules.push_back(reading_of_saved_conf(rule));
  return rules;
}

}  // namespace driver_override
