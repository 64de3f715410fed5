// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/udev_overrides.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "parser/blank.hpp"
#include "parser/glob.hpp"
#include "parser/pci_address.hpp"
#include "parser/printable.hpp"
#include "tool/advice/peer_files.hpp"
#include "tool/advice/peer_rule.hpp"

namespace driver_override {
namespace {

constexpr std::string_view override_key = "ATTR{driver_override}";

/// `KEY=="VALUE"` or `KEY="VALUE"`.
struct Token {
  std::string_view key;
  bool is_condition = false;
  std::string_view op;
  std::string_view value;
};

/// The tokens of a line; what cannot be read ends it, as udev passes over such a line.
std::vector<Token> udev_tokens(std::string_view line) {
  std::vector<Token> tokens;
  while (true) {
    const std::size_t begin = line.find_first_not_of(", \t");
    if (begin == std::string_view::npos) return tokens;
    line.remove_prefix(begin);
    const std::size_t end = line.find_first_of("=!+-:");
    const std::size_t quote = line.find('"');
    if (end == std::string_view::npos || quote == std::string_view::npos || quote < end)
      return tokens;
    const std::size_t close = line.find('"', quote + 1);
    if (close == std::string_view::npos) return tokens;
    Token token;
    token.key = trim_blanks(line.substr(0, end));
    token.op = trim_blanks(line.substr(end, quote - end));
    token.is_condition = token.op == "==" || token.op == "!=";
    token.value = line.substr(quote + 1, close - quote - 1);
    tokens.push_back(token);
    line.remove_prefix(close + 1);
  }
}

/// What a line asks of a device, in the words of a rule.
struct Conditions {
  std::string bus;
  std::string name;  ///< may hold "|"
  std::string vendor = "*";
  std::string device = "*";
  std::string subvendor = "*";
  std::string subdevice = "*";
  std::string class_digits;
};

/// "10de" of "0x10de".
std::string udev_override_id(std::string_view value) {
  return std::string(value.substr(0, 2) == "0x" ? value.substr(2) : value);
}

/// The leading digits of "0x030000" or "0x0300*" that `class=` can compare; none if it cannot.
std::optional<std::string> udev_override_class(std::string_view value) {
  std::string digits = udev_override_id(value);
  while (!digits.empty() && (digits.back() == '*' || digits.back() == '?')) digits.pop_back();
  const bool fits = digits.size() == 2 || digits.size() == 4 || digits.size() == 6;
  return fits ? std::optional(digits) : std::nullopt;
}

/// Takes a condition in; false if a rule cannot have it.
bool take_udev_override(const Token& token, Conditions& conditions) {
  if (token.key == "ACTION") return true;
  if (token.op != "==") return false;
  if (token.key == "SUBSYSTEM" || token.key == "SUBSYSTEMS") {
    conditions.bus = token.value;
  } else if (token.key == "KERNEL" || token.key == "KERNELS") {
    conditions.name = token.value;
  } else if (token.key == "ATTR{class}" || token.key == "ATTRS{class}") {
    const auto digits = udev_override_class(token.value);
    conditions.class_digits = digits.value_or("");
    return digits.has_value();
  } else {
    const std::array<std::pair<std::string_view, std::string*>, 4> ids = {
        {{"{vendor}", &conditions.vendor},
         {"{device}", &conditions.device},
         {"{subsystem_vendor}", &conditions.subvendor},
         {"{subsystem_device}", &conditions.subdevice}}};
    for (const auto& [attribute, field] : ids)
      if (token.key == "ATTR" + std::string(attribute) ||
          token.key == "ATTRS" + std::string(attribute)) {
        *field = udev_override_id(token.value);
        return true;
      }
    return false;
  }
  return true;
}

std::string udev_override_ids(const Conditions& one) {
  if (one.vendor == "*" && one.device == "*" && one.subvendor == "*" && one.subdevice == "*")
    return {};
  std::string text = one.vendor + ":" + one.device;
  if (one.subvendor != "*" || one.subdevice != "*")
    text += ":" + one.subvendor + ":" + one.subdevice;
  return text;
}

/// The rule for one name; an empty name stands for every device that the other conditions take.
Parsed<Rule> rule_of_udev_line(const Conditions& conditions, std::string_view name,
                               const std::string& driver) {
  const std::string bus = !conditions.bus.empty() ? conditions.bus
                          : is_pci_address(name)  ? "pci"
                                                  : "";
  if (bus.empty()) return peer_rule_fault("the line names no bus", "add SUBSYSTEM==\"pci\"");
  const std::string ids = udev_override_ids(conditions);
  std::string options = conditions.class_digits.empty() ? "" : ",class=" + conditions.class_digits;
  std::string device;
  if (bus != "pci") {
    device = std::string(name);
  } else if (!name.empty() && name != "*") {
    device = std::string(name);
    if (!ids.empty()) options = ",id=" + ids + options;
  } else if (!ids.empty()) {
    device = "pci:" + ids;
  } else if (!options.empty()) {
    device = "*:*:*.*";
  }
  if (device.empty()) return peer_rule_fault("the line names no device");
  const bool is_as_written = bus == "pci" || Glob::has_wildcard(device);
  const std::string written = is_as_written ? device : name_in_peer_rule(device);
  return read_back_peer_rule(name_in_peer_rule(bus) + "," + written + "=" +
                             name_in_peer_rule(driver) + options);
}

void read_udev_line(std::string_view line, const std::string& place, PeerClaims& result) {
  if (line.find("driver_override") == std::string_view::npos) return;
  const std::vector<Token> tokens = udev_tokens(line);
  const auto wanted = std::find_if(tokens.begin(), tokens.end(), [](const Token& token) {
    return token.key == override_key && !token.is_condition;
  });
  if (wanted == tokens.end()) return;
  Conditions conditions;
  for (const Token& token : tokens)
    if (token.is_condition && !take_udev_override(token, conditions)) {
      result.messages.push_back({Severity::error, place + ": the condition " +
                                                      in_quotes(token.key) + std::string(token.op) +
                                                      in_quotes(token.value) +
                                                      " cannot be said as a rule"});
      return;
    }
  std::string_view names = conditions.name;
  do {
    const std::string_view name = names.substr(0, names.find('|'));
    names.remove_prefix(std::min(name.size() + 1, names.size()));
    add_peer_rule("udev", place, rule_of_udev_line(conditions, name, std::string(wanted->value)),
                  result);
  } while (!names.empty());
}

/// A backslash at the end of a line joins the next one to it.
void read_udev_text(std::string_view text, const std::string& path, PeerClaims& result) {
  std::string line;
  std::size_t number = 0;
  std::size_t first = 1;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    ++number;
    if (line.empty()) first = number;
    line += part;
    if (!line.empty() && line.back() == '\\') {
      line.pop_back();
      continue;
    }
    const std::string_view whole = trim_blanks(line);
    if (!whole.empty() && whole[0] != '#')
      read_udev_line(whole, peer_file_place(path) + ':' + std::to_string(first), result);
    line.clear();
  }
}

}  // namespace

void read_udev_overrides(const Root& root, PeerClaims& result) {
  const std::vector<std::string> folders = {"etc/udev/rules.d", "run/udev/rules.d",
                                            "usr/local/lib/udev/rules.d", "usr/lib/udev/rules.d",
                                            "lib/udev/rules.d"};
  for (const auto& [name, path] : peer_files(root, folders, ".rules", result))
    if (const auto text = read_peer_file(root, path, result)) read_udev_text(*text, path, result);
}

}  // namespace driver_override
