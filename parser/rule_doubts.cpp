// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/rule_doubts.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>

#include "parser/look_alike.hpp"
#include "parser/pci_address.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

using Messages = std::vector<Message>;

void doubt_rule(Span span, std::string text, std::string hint, Messages& messages) {
  Message warning = error_at(span, std::move(text), std::move(hint));
  warning.severity = Severity::warning;
  messages.push_back(std::move(warning));
}

void doubt_unmatchable(const DevicePattern& device, Messages& messages) {
  const auto* address = std::get_if<PciAddress>(&device.what);
  const std::optional<std::string> why = address ? unmatchable_pci_field(*address) : std::nullopt;
  if (why)
    doubt_rule(device.span, in_quotes(device.text) + " can never match: " + *why,
               "a field with \"*\" or \"?\" is compared with the padded text", messages);
}

/// "0a:00:0" is slot 0 of bus 00 in domain 000a, where a function was meant.
void doubt_colon_before_function(const DevicePattern& device, Messages& messages) {
  const auto* address = std::get_if<PciAddress>(&device.what);
  const std::size_t first = device.text.find(':');
  const std::size_t last = device.text.rfind(':');
  if (!address || address->function || !address->path.empty()) return;
  if (first == last || first > 2 || last + 2 != device.text.size() || device.text.back() > '7')
    return;
  const auto* domain = std::get_if<FieldRange>(&address->domain);
  if (!domain || domain->low == 0 || !std::isdigit(static_cast<unsigned char>(device.text.back())))
    return;
  std::string meant = device.text;
  meant[last] = '.';
  doubt_rule(device.span, in_quotes(device.text) + " is read as the domain, the bus and the slot",
             "did you mean " + in_quotes(meant) + "?", messages);
}

void doubt_look_alike(std::string_view text, Span span, Messages& messages) {
  const auto one = find_look_alike(text);
  if (!one) return;
  doubt_rule({span.offset + one->at, one->length}, in_quotes(text) + ": " + to_text(*one),
             "did you mean " + in_quotes(without_look_alikes(text)) + "?", messages);
}

/// The driver as it is written, and where; empty if the rule exempts.
struct Written {
  std::string_view text;
  Span span;
};

Written doubted_driver_of_rule(const Rule& rule) {
  const std::string_view text = rule.text;
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {{}, rule.span};
  const std::string_view driver = text.substr(equals + 1, text.find(',', equals) - equals - 1);
  return {driver, {rule.span.offset + equals + 1, driver.size()}};
}

bool is_doubt_among(std::string_view word, std::initializer_list<std::string_view> words) {
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(words.begin(), words.end(), lower) != words.end();
}

void doubt_word_for_nothing(const Written& driver, Messages& messages) {
  if (is_doubt_among(driver.text, {"null", "(null)", "nil", "nothing", "no", "empty", "off",
                                   "unbind", "nodriver", "no-driver"}))
    doubt_rule(
        driver.span, in_quotes(driver.text) + " would be the name of a driver",
        "to keep the device without a driver, write none; to exempt it, write nothing after \"=\"",
        messages);
}

/// A quotation mark, an arrow's head, a full stop: no driver's name begins or ends so.
void doubt_stray_mark(const Written& driver, Messages& messages) {
  constexpr std::string_view marks = "\"'`<>:.!?/\\";
  const std::size_t begin = driver.text.find_first_not_of(marks);
  if (begin == std::string_view::npos) return;
  const std::size_t end = driver.text.find_last_not_of(marks);
  const std::string_view name = driver.text.substr(begin, end + 1 - begin);
  if (name.size() == driver.text.size()) return;
  const std::size_t at = begin > 0 ? 0 : end + 1;
  doubt_rule({driver.span.offset + at, 1},
             in_quotes(driver.text.substr(at, 1)) + " is part of the driver's name",
             "did you mean " + in_quotes(name) + "?", messages);
}

void doubt_rule_with_module_file(const Written& driver, Messages& messages) {
  const std::size_t end = driver.text.rfind(".ko");
  if (end == std::string_view::npos || end == 0) return;
  if (!is_doubt_among(driver.text.substr(end), {".ko", ".ko.gz", ".ko.xz", ".ko.zst"})) return;
  doubt_rule(driver.span, in_quotes(driver.text) + " is the name of a file, not of a driver",
             "did you mean " + in_quotes(driver.text.substr(0, end)) + "?", messages);
}

/// "pci,0a:00.0=vfio-pci 0b:00.0": names of drivers hold blanks, but no addresses.
void doubt_blank_in_driver(const Written& driver, Messages& messages) {
  const std::size_t blank = driver.text.find(' ');
  if (blank == std::string_view::npos) return;
  const std::string_view word = driver.text.substr(driver.text.rfind(' ') + 1);
  if (word.find(':') == std::string_view::npos) return;
  doubt_rule({driver.span.offset + blank, 1},
             in_quotes(driver.text) + " would be the name of a driver: a blank does not end a rule",
             "name all devices before \"=\", with \",\" between them", messages);
}

}  // namespace

void add_doubts(const Rule& rule, std::vector<Message>& messages) {
  for (const DevicePattern& device : rule.devices) {
    doubt_unmatchable(device, messages);
    doubt_colon_before_function(device, messages);
    doubt_look_alike(device.text, device.span, messages);
  }
  const Written driver = doubted_driver_of_rule(rule);
  doubt_look_alike(driver.text, driver.span, messages);
  doubt_word_for_nothing(driver, messages);
  doubt_stray_mark(driver, messages);
  doubt_rule_with_module_file(driver, messages);
  doubt_blank_in_driver(driver, messages);
}

}  // namespace driver_override
