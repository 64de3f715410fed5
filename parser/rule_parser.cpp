// SPDX-License-Identifier: LGPL-2.1-or-later
// Splits at `;` in plain code and reads each rule alone: recovering inside the grammar would keep
// half of a bad rule, as an exemption say, which nobody wrote.
#include "parser/rule_parser.hpp"

#include <algorithm>
#include <optional>

#include "parser/blank.hpp"
#include "parser/message.hpp"
#include "parser/name.hpp"
#include "parser/pci_address.hpp"
#include "parser/printable.hpp"
#include "parser/rule_doubts.hpp"
#include "parser/rule_grammar.hpp"
#include "parser/rule_options.hpp"
#include "parser/rule_slips.hpp"

namespace driver_override {
namespace {

/// A rule's text and where it starts in its source.
struct RuleParserText {
  std::string_view bytes;
  std::size_t offset;

  [[nodiscard]] std::size_t offset_of(std::string_view part) const {
    return offset + static_cast<std::size_t>(part.data() - bytes.data());
  }
  [[nodiscard]] Span span() const { return {offset, bytes.size()}; }
  [[nodiscard]] Span span_of(std::string_view part) const { return {offset_of(part), part.size()}; }
};

/// Strict, because a slip at the start of a rule (an apostrophe, an address without its bus) would
/// read as a bus that merely does not exist.
Parsed<std::string> parse_bus_of_rule(const RuleParserText& text, std::string_view raw) {
  if (!std::all_of(raw.begin(), raw.end(), is_bus_byte))
    return error_at(text.span_of(raw), "expected the name of a bus, found " + in_quotes(raw),
                    is_pci_address(raw)
                        ? "the bus is left out: write pci," + std::string(raw)
                        : "a rule is BUS,DEVICE=DRIVER, as in pci,0000:02:00.0=pci-stub");
  return parse_name(raw, text.offset_of(raw), "bus");
}

/// A quotation mark at either end, or a blank: none is in a device's name, but an exemption may be.
std::optional<Message> stray_mark_of_device(std::string_view raw, std::size_t offset) {
  if (raw.empty()) return std::nullopt;
  for (const std::size_t at : {std::size_t{0}, raw.size() - 1})
    if (raw[at] == '"' || raw[at] == '\'')
      return error_at({offset + at, 1}, "a device name has no quotation mark at either end",
                      "write the name without it; %22 or %27 stands for one");
  return stray_end_of_name(raw, offset, "device");
}

Parsed<DevicePattern> parse_device_of_rule(const RuleParserText& text, std::string_view bus,
                                           std::string_view raw) {
  DevicePattern device{std::string(raw), text.span_of(raw), std::string()};
  const auto keep = [&](auto parsed) -> Parsed<DevicePattern> {
    if (auto* fault = std::get_if<Message>(&parsed)) return *fault;
    device.what = std::move(std::get<0>(parsed));
    return device;
  };
  const std::size_t offset = text.offset_of(raw);
  constexpr std::string_view ids_mark = "pci:";
  if (bus == "pci" && raw.substr(0, ids_mark.size()) == ids_mark)
    return keep(parse_pci_ids(raw.substr(ids_mark.size()), offset + ids_mark.size()));
  if (bus == "pci") return keep(parse_pci_address(raw, offset));
  if (auto fault = stray_mark_of_device(raw, offset)) return *fault;
  if (Glob::has_wildcard(raw)) return keep(Glob::compile(raw, offset));
  return keep(parse_name(raw, offset, "device"));
}

/// What is no driver: marks alone, a comment, a driver with an option that a blank parts from it.
/// An exemption may have been meant, or less than would be taken.
std::optional<Message> no_driver_of_rule(const RuleParserText& text, std::string_view raw) {
  if (raw.front() == '#')
    return error_at(text.span_of(raw), "expected a driver after \"=\", found \"#\"",
                    "put a blank before \"#\" to begin a comment; %23 stands for one in a name");
  if (std::none_of(raw.begin(), raw.end(), is_letter_or_digit))
    return error_at(text.span_of(raw), "expected a driver after \"=\", found " + in_quotes(raw),
                    "to keep the device without a driver, write none; to exempt it, write nothing "
                    "after \"=\"");
  const std::size_t blank = std::min(raw.rfind(' '), raw.size() - 1);
  if (!is_rule_option(raw.substr(blank + 1))) return std::nullopt;
  return error_at({text.offset_of(raw) + blank, 1}, "expected \",\" before an option, found \" \"",
                  "write " + std::string(trim_blanks(raw.substr(0, blank))) + "," +
                      std::string(raw.substr(blank + 1)));
}

Parsed<std::string> parse_driver_of_rule(const RuleParserText& text, std::string_view raw) {
  if (raw.empty()) return std::string();
  Parsed<std::string> driver = parse_name(raw, text.offset_of(raw), "driver");
  if (std::holds_alternative<Message>(driver)) return driver;
  if (auto fault = no_driver_of_rule(text, raw)) return *fault;
  if (const auto* name = std::get_if<std::string>(&driver);
      name != nullptr && name->find('\n') != std::string::npos)
    return error_at(text.span_of(raw), "a driver name cannot hold a newline",
                    "the kernel cuts an override at the first newline");
  return driver;
}

using Fault = std::optional<Message>;

/// The error for an exemption that can spare nothing: a slip is in it, so what it was to spare is
/// not known. (Of a rule with a driver, this is a doubt alone.)
Fault vain_exemption(const Rule& rule) {
  for (const DevicePattern& device : rule.devices) {
    const auto* address = std::get_if<PciAddress>(&device.what);
    const auto why = address != nullptr ? unmatchable_pci_field(*address) : std::nullopt;
    if (why) return error_at(device.span, in_quotes(device.text) + " can never match: " + *why);
  }
  return std::nullopt;
}

/// Fills a rule whose bus is known with its devices and its driver; returns the first fault.
Fault fill_rule(Rule& rule, const RuleParserText& text, const grammar::RuleParts& parts) {
  for (const std::string_view raw : parts.devices) {
    Parsed<DevicePattern> device = parse_device_of_rule(text, rule.bus, raw);
    if (auto* fault = std::get_if<Message>(&device)) return *fault;
    rule.devices.push_back(std::get<DevicePattern>(device));
  }
  Parsed<std::string> driver = parse_driver_of_rule(text, parts.driver);
  if (auto* fault = std::get_if<Message>(&driver)) return *fault;
  rule.driver = std::get<std::string>(driver);
  return rule.driver.empty() ? vain_exemption(rule) : std::nullopt;
}

Fault parse_options_of_rule(Rule& rule, const RuleParserText& text,
                            const grammar::RuleParts& parts) {
  for (const std::string_view option : parts.options)
    if (auto fault = parse_option(rule, option, text.offset_of(option))) return fault;
  return std::nullopt;
}

std::string parse_error_at(std::string_view rest) {
  if (rest.empty()) return ", found the end of the rule";
  std::size_t end = 1;  // a whole character of UTF-8
  while (end < rest.size() && (static_cast<unsigned char>(rest[end]) & 0xC0U) == 0x80) ++end;
  return ", found " + in_quotes(rest.substr(0, end));
}

/// What was expected, where a rule of `BUS,DEVICE=DRIVER` stops.
Message rule_stop(const RuleParserText& text, const grammar::Stop& stop) {
  const std::string_view rest = text.bytes.substr(stop.at);
  const Span span{text.offset + stop.at, rest.empty() ? 0U : 1U};
  const std::string found = parse_error_at(rest);
  if (stop.at > 0 && text.bytes[stop.at - 1] == '=')
    return error_at(span, "expected a driver or an option after \"=\"");
  if (stop.at == 0 && !rest.empty())
    return error_at(span, "expected a bus at the start of a rule" + found,
                    "a rule is BUS,DEVICE=DRIVER, as in pci,0000:02:00.0=pci-stub");
  return error_at(span, "expected " + stop.expected + found,
                  rest.empty() && text.bytes.find(' ') != std::string_view::npos
                      ? "the driver follows \"=\", as in pci,0000:02:00.0=pci-stub"
                      : "");
}

Message pci_rule_stop(const RuleParserText& text, const grammar::Stop& stop) {
  const std::string_view rest = text.bytes.substr(stop.at);
  const Span span{text.offset + stop.at, rest.empty() ? 0U : 1U};
  const std::string found = parse_error_at(rest);
  return error_at(span, "expected " + stop.expected + found,
                  "the form is pci=driver[DEVICE,DEVICE]=DRIVER");
}

/// Calls `take` with each part of `text` between commas.
template <typename Take>
void for_each_parsed_item(std::string_view text, Take take) {
  while (true) {
    const std::size_t comma = text.find(',');
    take(text.substr(0, comma));
    if (comma == std::string_view::npos) return;
    text.remove_prefix(comma + 1);
  }
}

/// Fills a bad rule's devices with those of `list` that can be read.
void salvage_devices(Rule& rule, const RuleParserText& text, std::string_view list) {
  rule.devices.clear();
  for_each_parsed_item(list, [&](std::string_view raw) {
    Parsed<DevicePattern> device = parse_device_of_rule(text, rule.bus, raw);
    if (auto* sound = std::get_if<DevicePattern>(&device))
      rule.devices.push_back(std::move(*sound));
  });
}

/// The part of a rule that lists its devices, whatever follows it.
std::string_view parse_device_list(std::string_view rule) {
  const std::string_view head = rule.substr(0, rule.find('='));
  return head.substr(std::min(head.find(','), head.size() - 1) + 1);
}

std::string_view parse_bracket_list(std::string_view rule) {
  const std::string_view behind = rule.substr(std::min(rule.find('['), rule.size() - 1) + 1);
  return behind.substr(0, behind.find_first_of("]=["));
}

/// True if another rule may be in the text of a bad one: a separator was mistyped, or an `=` too
/// many has cut the list of devices in two. Behind the driver only a known option has an `=`.
bool may_hold_another_rule(std::string_view rule) {
  bool found = rule.find("driver[") != std::string_view::npos;
  bool first = true;
  for_each_parsed_item(rule.substr(std::min(rule.find('='), rule.size())),
                       [&](std::string_view item) {
                         const std::size_t equals = item.find('=');
                         found = found || (!first && equals != std::string_view::npos &&
                                           !is_like_rule_option(item.substr(0, equals)));
                         first = false;
                       });
  return found;
}

/// How far a bad rule reaches whose fault may lie anywhere.
Reach reach_of_parsed_rule(const Rule& rule, const RuleParserText& text) {
  const std::size_t end_of_bus = text.bytes.find_first_of(",=");
  const bool has_comma = end_of_bus != std::string_view::npos && text.bytes[end_of_bus] == ',';
  return rule.bus.empty() || !has_comma || may_hold_another_rule(text.bytes) ? Reach::every_bus
                                                                             : Reach::its_bus;
}

Rule empty_rule(const RuleParserText& text) {
  Rule rule;
  rule.text = text.bytes;
  rule.span = text.span();
  return rule;
}

/// Adds the rule, good or bad, and what is to be said of it.
void parse_and_add_rule(ParsedRules& result, Rule rule, Fault fault) {
  if (fault)
    result.messages.push_back(std::move(*fault));
  else
    add_doubts(rule, result.messages);
  rule.bad = fault.has_value();
  result.rules.push_back(std::move(rule));
}

/// Reads one rule; of a bad one, keeps the devices that it names.
void add_rule(ParsedRules& result, const RuleParserText& text) {
  Rule rule = empty_rule(text);
  const auto cut = grammar::read_rule(text.bytes);
  const auto* parts = std::get_if<grammar::RuleParts>(&cut);
  Parsed<std::string> bus = parse_bus_of_rule(
      text, parts ? parts->bus : text.bytes.substr(0, text.bytes.find_first_of(",=")));
  if (const auto* name = std::get_if<std::string>(&bus)) rule.bus = *name;

  Fault fault;
  const auto* stop = std::get_if<grammar::Stop>(&cut);
  if (rule.bus.empty() && !(stop != nullptr && stop->at == 0))
    fault = std::get<Message>(bus);
  else if (stop != nullptr)
    fault = rule_stop(text, *stop);
  else
    fault = fill_rule(rule, text, *parts);
  if (fault) {
    rule.reach = reach_of_parsed_rule(rule, text);
    if (!rule.bus.empty()) salvage_devices(rule, text, parse_device_list(text.bytes));
  } else if ((fault = parse_options_of_rule(rule, text, *parts))) {
    rule.reach = may_hold_another_rule(text.bytes) ? Reach::every_bus : Reach::its_devices;
  }
  if (fault) explain_slip(text.bytes, text.offset, *fault);
  parse_and_add_rule(result, std::move(rule), std::move(fault));
}

}  // namespace

ParsedRules parse_rules(std::string_view text, std::size_t offset) {
  ParsedRules result;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(';', at), text.size());
    const std::string_view bytes = trim_blanks(text.substr(at, end - at));
    const std::size_t messages = result.messages.size();
    if (!bytes.empty())
      add_rule(result, {bytes, offset + static_cast<std::size_t>(bytes.data() - text.data())});
    if (result.messages.size() > messages && result.rules.back().bad && end < text.size())
      explain_split_list(bytes,
                         trim_blanks(text.substr(end + 1, text.find(';', end + 1) - end - 1)),
                         result.messages.back());
    at = end + 1;
  }
  return result;
}

ParsedRules parse_pci_rule(std::string_view bytes, std::size_t offset) {
  const RuleParserText text{bytes, offset};
  ParsedRules result;
  Rule rule = empty_rule(text);
  rule.bus = "pci";
  const auto cut = grammar::read_pci_rule(bytes);
  const auto* parts = std::get_if<grammar::RuleParts>(&cut);
  Fault fault =
      parts ? fill_rule(rule, text, *parts) : pci_rule_stop(text, std::get<grammar::Stop>(cut));
  if (fault) {
    rule.reach = Reach::its_bus;
    salvage_devices(rule, text, parse_bracket_list(bytes));
  }
  parse_and_add_rule(result, std::move(rule), std::move(fault));
  return result;
}

void add_lost_rule(ParsedRules& result, std::string_view text, Message fault) {
  Rule rule;
  rule.text = text;
  if (fault.place) rule.span = fault.place->span;
  rule.bad = true;
  rule.lost = true;
  rule.reach = Reach::every_bus;
  result.rules.push_back(std::move(rule));
  result.messages.push_back(std::move(fault));
}

void append_parsed_rules(ParsedRules& all, ParsedRules&& more) {
  std::move(more.rules.begin(), more.rules.end(), std::back_inserter(all.rules));
  std::move(more.messages.begin(), more.messages.end(), std::back_inserter(all.messages));
}

}  // namespace driver_override
