// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/rule_options.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "parser/message.hpp"
#include "parser/name.hpp"
#include "parser/printable.hpp"
#include "parser/spelling.hpp"

namespace driver_override {
namespace {

/// An option's value and where it stands.
struct Value {
  std::string_view text;
  std::size_t offset;

  [[nodiscard]] Span span() const { return {offset, text.size()}; }
};

using Fault = std::optional<Message>;

Fault take_id_option(Rule& rule, const Value& value) {
  Parsed<PciIds> ids = parse_pci_ids(value.text, value.offset);
  if (auto* fault = std::get_if<Message>(&ids)) return *fault;
  rule.options.id = std::get<PciIds>(ids);
  rule.options.id_text = value.text;
  return std::nullopt;
}

Fault take_class_option(Rule& rule, const Value& value) {
  constexpr std::string_view digits = "0123456789abcdefABCDEF";
  const bool length_fits =
      value.text.size() == 2 || value.text.size() == 4 || value.text.size() == 6;
  if (!length_fits || value.text.find_first_not_of(digits) != std::string_view::npos)
    return error_at(value.span(),
                    "expected 2, 4 or 6 hex digits of a class, found " + in_quotes(value.text),
                    "class=03 is every display device, class=0300 a VGA one");
  rule.options.class_prefix = value.text;
  for (char& digit : rule.options.class_prefix)
    if (digit >= 'A' && digit <= 'F') digit = static_cast<char>(digit - 'A' + 'a');
  return std::nullopt;
}

/// How long the end is that makes a file's name of a module's: ".ko" and what compresses it.
std::size_t module_option_file_end(std::string_view module) {
  for (const std::string_view end : {".ko", ".ko.gz", ".ko.xz", ".ko.zst"})
    if (module.size() > end.size() && module.substr(module.size() - end.size()) == end)
      return end.size();
  return 0;
}

Fault take_module_option(Rule& rule, const Value& value) {
  Parsed<std::string> name = parse_name(value.text, value.offset, "module");
  if (auto* fault = std::get_if<Message>(&name)) return *fault;
  std::string& module = std::get<std::string>(name);
  if (const std::size_t end = module_option_file_end(module); end > 0)
    return error_at(value.span(), in_quotes(module) + " is the name of a file, not of a module",
                    "write module=" + encode_name(module.substr(0, module.size() - end)));
  rule.options.module = std::move(module);
  return std::nullopt;
}

Fault take_sticky_option(Rule& rule, const Value& /*value*/) {
  rule.options.sticky = true;
  return std::nullopt;
}

Fault take_norebind_option(Rule& rule, const Value& /*value*/) {
  rule.options.norebind = true;
  return std::nullopt;
}

Fault take_trial_option(Rule& rule, const Value& /*value*/) {
  rule.options.trial = true;
  return std::nullopt;
}

struct Option {
  std::string_view name;
  bool has_value;
  bool pci_only;
  Fault (*take)(Rule&, const Value&);
  bool (*is_given)(const Options&);
};

const std::array<Option, 6> known = {{
    {"id", true, true, take_id_option, [](const Options& o) { return o.id.has_value(); }},
    {"class", true, true, take_class_option,
     [](const Options& o) { return !o.class_prefix.empty(); }},
    {"module", true, false, take_module_option, [](const Options& o) { return !o.module.empty(); }},
    {"sticky", false, false, take_sticky_option, [](const Options& o) { return o.sticky; }},
    {"norebind", false, false, take_norebind_option, [](const Options& o) { return o.norebind; }},
    {"trial", false, false, take_trial_option, [](const Options& o) { return o.trial; }},
}};

/// Words that others use for an option of ours.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> other_words = {
    {{"ids", "id"},
     {"vendor", "id"},
     {"device", "id"},
     {"mod", "module"},
     {"ko", "module"},
     {"persist", "sticky"},
     {"permanent", "sticky"},
     {"try", "trial"},
     {"once", "trial"},
     {"noreplace", "norebind"},
     {"nounbind", "norebind"}}};

/// The option whose name is nearest to a misspelt one; empty if none is near.
std::string_view nearest_rule_option(std::string_view name) {
  std::vector<std::string_view> names;
  names.reserve(known.size());
  for (const Option& option : known) names.push_back(option.name);
  return nearest_word(name, names);
}

/// The option that was meant, for the hint alone: which rules are held back does not depend on it.
std::string_view meant_rule_option(std::string_view name) {
  for (const auto& [word, option] : other_words)
    if (word == name) return option;
  return nearest_rule_option(name);
}

bool rule_option_takes_value(std::string_view option) {
  return std::any_of(known.begin(), known.end(),
                     [&](const Option& one) { return one.name == option && one.has_value; });
}

Message unknown_option(std::string_view raw, std::string_view name, Span span) {
  std::string hint = "the options are id=, class=, module=, sticky, norebind and trial";
  const std::string_view nearest = meant_rule_option(name);
  if (!nearest.empty())
    hint = "did you mean " +
           in_quotes(std::string(nearest) + (rule_option_takes_value(nearest) ? "=" : "")) + "?";
  else if (raw.find('=') != std::string_view::npos)
    hint = "a second rule follows \";\" or has a parameter of its own, and begins with its bus";
  return error_at(span, "unknown option " + in_quotes(raw), hint);
}

}  // namespace

bool is_rule_option(std::string_view name) {
  return std::any_of(known.begin(), known.end(),
                     [&](const Option& option) { return option.name == name; });
}

std::vector<std::string> rule_option_beginnings() {
  std::vector<std::string> beginnings;
  beginnings.reserve(known.size());
  for (const Option& option : known)
    beginnings.push_back(std::string(option.name).append(option.has_value ? "=" : ""));
  return beginnings;
}

bool is_like_rule_option(std::string_view name) {
  return !nearest_rule_option(name).empty();
}

std::optional<Message> parse_option(Rule& rule, std::string_view raw, std::size_t offset) {
  const std::size_t equals = raw.find('=');
  const std::string_view name = raw.substr(0, equals);
  const auto* option =
      std::find_if(known.begin(), known.end(), [&](const Option& one) { return one.name == name; });
  const Span span{offset, raw.size()};
  if (option == known.end()) return unknown_option(raw, name, span);
  if (option->is_given(rule.options))
    return error_at(span, "the option " + in_quotes(name) + " is given twice");
  if (option->has_value != (equals != std::string_view::npos))
    return error_at(span, option->has_value
                              ? "the option " + in_quotes(name) + " needs \"=\" and a value"
                              : "the option " + in_quotes(name) + " takes no value");
  if (option->pci_only && rule.bus != "pci")
    return error_at(span, "the option " + in_quotes(name) + " is for devices of the bus pci");
  const std::size_t value_at = option->has_value ? equals + 1 : raw.size();
  return option->take(rule, {raw.substr(value_at), offset + value_at});
}

}  // namespace driver_override
