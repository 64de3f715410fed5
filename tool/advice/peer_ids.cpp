// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/peer_ids.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "parser/blank.hpp"
#include "parser/message.hpp"
#include "parser/parameter.hpp"
#include "parser/printable.hpp"
#include "tool/advice/peer_files.hpp"
#include "tool/advice/peer_rule.hpp"

namespace driver_override {
namespace {

/// In the order in which their rules are given out: if both name a card, either may get it.
constexpr std::array<std::string_view, 2> drivers = {"pci-stub", "vfio-pci"};

/// `char ids[1024]` of both drivers; what does not fit is refused as a whole (kernel/params.c,
/// param_set_copystring).
constexpr std::size_t ids_limit = 1023;

/// The value of one `ids=`.
struct PeerIdsList {
  std::string driver;
  std::string value;
  std::string source;                 ///< "command line", or FILE:LINE
  std::optional<std::size_t> offset;  ///< of the value in the source; none if a line is near enough

  [[nodiscard]] std::string place(std::size_t at) const {
    return offset ? source + ", byte " + std::to_string(*offset + at) : source;
  }
};

/// The numbers that the kernel finds in an entry, and how many bytes they take.
struct ScannedPeerIds {
  std::vector<std::uint32_t> fields;
  std::size_t length = 0;
};

std::optional<std::uint32_t> digit_of_peer_id(char byte) {
  if (byte >= '0' && byte <= '9') return static_cast<std::uint32_t>(byte - '0');
  if (byte >= 'a' && byte <= 'f') return static_cast<std::uint32_t>(byte - 'a' + 10);
  if (byte >= 'A' && byte <= 'F') return static_cast<std::uint32_t>(byte - 'A' + 10);
  return std::nullopt;
}

/// Reads one number as the kernel's %x: blanks and 0x in front are passed over, and 32 bits stay.
std::optional<std::uint32_t> scan_peer_id(std::string_view text, std::size_t& at) {
  while (at < text.size() && is_blank(text[at])) ++at;
  if (at >= text.size() || !digit_of_peer_id(text[at])) return std::nullopt;
  const std::string_view start = text.substr(at, 2);
  if ((start == "0x" || start == "0X") && at + 2 < text.size() && digit_of_peer_id(text[at + 2]))
    at += 2;
  std::uint32_t value = 0;
  for (; at < text.size(); ++at) {
    const auto digit = digit_of_peer_id(text[at]);
    if (!digit) break;
    value = value << 4U | *digit;
  }
  return value;
}

/// As `sscanf(id, "%x:%x:%x:%x:%x:%x", …)` in drivers/pci/pci-stub.c and
/// drivers/vfio/pci/vfio_pci.c: what does not fit ends the reading, and is not an error there.
ScannedPeerIds scan_peer_ids(std::string_view text) {
  constexpr std::size_t most_fields = 6;
  ScannedPeerIds entry;
  for (std::size_t at = 0; entry.fields.size() < most_fields; ++at) {
    const auto number = scan_peer_id(text, at);
    if (!number) break;
    entry.fields.push_back(*number);
    entry.length = at;
    if (at >= text.size() || text[at] != ':') break;
  }
  return entry;
}

std::string peer_id_as_hex(std::uint32_t value, int width) {
  std::array<char, 16> text{};
  (void)std::snprintf(text.data(), text.size(), "%0*x", width, value);
  return text.data();
}

/// Why a rule cannot ask for this id; none if it can. PCI_ANY_ID is ~0.
std::optional<Message> peer_id_fault(std::uint32_t value) {
  if (value == 0)
    return peer_rule_fault("the id 0 means no other there, and any in a rule",
                           "if any is meant, write ffffffff");
  if (value > 0xffff && value != 0xffffffff)
    return peer_rule_fault("the id " + peer_id_as_hex(value, 1) +
                           " is above ffff, so that no device has it");
  return std::nullopt;
}

/// `vendor:device[:subvendor:subdevice]`.
Parsed<std::string> peer_ids_as_rule(const std::vector<std::uint32_t>& fields) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < std::min<std::size_t>(fields.size(), 4); ++i) {
    if (auto fault = peer_id_fault(fields[i])) return *fault;
    texts.push_back(fields[i] == 0xffffffff ? "*" : peer_id_as_hex(fields[i], 4));
  }
  texts.resize(4, "*");
  std::string text = texts[0] + ':' + texts[1];
  if (texts[2] != "*" || texts[3] != "*") text += ':' + texts[2] + ':' + texts[3];
  return text;
}

/// `,class=…`, or nothing. The kernel compares the bits of the mask alone (drivers/pci/pci.h,
/// pci_match_one_device), and a class without a mask not at all.
Parsed<std::string> class_of_peer_ids(const std::vector<std::uint32_t>& fields) {
  const std::uint32_t wanted = fields.size() > 4 ? fields[4] : 0;
  const std::uint32_t mask = fields.size() > 5 ? fields[5] : 0;
  if (mask == 0) return std::string();
  if ((wanted & mask) > 0xffffff)
    return peer_rule_fault("the class " + peer_id_as_hex(wanted, 1) +
                           " is above ffffff, so that no device has it");
  const std::string digits = peer_id_as_hex(wanted & 0xffffff, 6);
  switch (mask & 0xffffff) {
    case 0xff0000:
      return ",class=" + digits.substr(0, 2);
    case 0xffff00:
      return ",class=" + digits.substr(0, 4);
    case 0xffffff:
      return ",class=" + digits;
    default:
      return peer_rule_fault(
          "the class mask " + peer_id_as_hex(mask, 6) + " cannot be said as a rule",
          "class= compares the first 2, 4 or 6 digits: ff0000, ffff00, ffffff");
  }
}

/// The rule for an entry whose numbers were read.
Parsed<Rule> rule_of_peer_ids(const std::string& driver, const std::vector<std::uint32_t>& fields) {
  Parsed<std::string> ids = peer_ids_as_rule(fields);
  if (auto* fault = std::get_if<Message>(&ids)) return *fault;
  Parsed<std::string> class_option = class_of_peer_ids(fields);
  if (auto* fault = std::get_if<Message>(&class_option)) return *fault;
  return read_back_peer_rule("pci,pci:" + std::get<std::string>(ids) + '=' + driver +
                             std::get<std::string>(class_option));
}

/// How the entry's rule differs from what the kernel does, and what in it does nothing.
void warn_of_peer_ids(const std::string& place, std::string_view text, const ScannedPeerIds& entry,
                      const Rule& rule, std::vector<Message>& messages) {
  const std::string_view rest = trim_blanks(text.substr(entry.length));
  if (!rest.empty())
    messages.push_back(
        {Severity::warning,
         place + ": " + in_quotes(rest) + " after the ids is not read by the kernel",
         "entries are VENDOR:DEVICE[:SUBVENDOR[:SUBDEVICE[:CLASS[:MASK]]]], with \",\" "
         "between them"});
  if (entry.fields.size() == 5)
    messages.push_back({Severity::warning,
                        place + ": a class without a mask is not read by the kernel",
                        "add the mask, such as ffff00"});
  const auto& ids = std::get<PciIds>(rule.devices[0].what);
  if ((ids.vendor == 0 || ids.device == 0) && rule.options.class_prefix.empty())
    messages.push_back(
        {Severity::warning,
         place + ": as a rule, " + in_quotes(text) + " takes no bridge and no storage device",
         "for those, repeat the rule with \",class=06\" and with \",class=01\""});
}

void read_peer_ids_entry(const PeerIdsList& list, std::string_view text, std::size_t at,
                         PeerClaims& result) {
  const std::string place = list.place(at);
  const ScannedPeerIds entry = scan_peer_ids(text);
  if (entry.fields.size() < 2) {
    result.messages.push_back({Severity::error,
                               place + ": expected VENDOR:DEVICE, found " + in_quotes(text),
                               "the kernel passes this entry over"});
    return;
  }
  Parsed<Rule> rule = rule_of_peer_ids(list.driver, entry.fields);
  if (auto* fault = std::get_if<Message>(&rule)) {
    result.messages.push_back(
        {Severity::error, place + ": " + in_quotes(text) + ": " + fault->text, fault->hint});
    return;
  }
  warn_of_peer_ids(place, text, entry, std::get<Rule>(rule), result.messages);
  result.claims.push_back({list.driver + ".ids=", place, std::move(std::get<Rule>(rule))});
}

void read_peer_ids_list(const PeerIdsList& list, PeerClaims& result) {
  for (std::size_t at = 0; at <= list.value.size();) {
    const std::size_t end = std::min(list.value.find(',', at), list.value.size());
    const std::string_view text = std::string_view(list.value).substr(at, end - at);
    if (!text.empty()) read_peer_ids_entry(list, text, at, result);
    at = end + 1;
  }
}

/// The last list of each driver; of those that the kernel does not use a fault is told.
void read_peer_ids_lists(const std::vector<PeerIdsList>& lists, PeerClaims& result) {
  std::map<std::string_view, const PeerIdsList*> in_force;
  for (const PeerIdsList& list : lists) {
    if (list.value.size() > ids_limit) {
      result.messages.push_back(
          {Severity::error, list.place(0) + ": " + list.driver + ".ids= is " +
                                std::to_string(list.value.size()) +
                                " bytes long; the kernel takes at most 1023, or none of it"});
      continue;
    }
    const PeerIdsList*& last = in_force[list.driver];
    if (last != nullptr && !last->value.empty() && last->value != list.value)
      result.messages.push_back({Severity::warning,
                                 last->place(0) + ": " + list.driver +
                                     ".ids= is replaced by a later one, at " + list.place(0) +
                                     ", so that it does nothing",
                                 "if both are meant, join the lists"});
    last = &list;
  }
  for (const std::string_view driver : drivers)
    if (const auto found = in_force.find(driver); found != in_force.end())
      read_peer_ids_list(*found->second, result);
}

/// The driver whose `MODULE.ids` this is; empty for another parameter.
std::string_view driver_of_peer_ids(std::string_view name) {
  for (const std::string_view driver : drivers)
    if (same_parameter_name(name, std::string(driver) + ".ids")) return driver;
  return {};
}

void add_peer_ids_list(PeerIdsList list, const Parameter& parameter,
                       std::vector<PeerIdsList>& lists, PeerClaims& result) {
  if (parameter.value) {
    list.value = *parameter.value;
    lists.push_back(std::move(list));
  } else {
    result.messages.push_back({Severity::error, list.place(0) + ": expected \"=\" and ids after " +
                                                    in_quotes(parameter.name)});
  }
}

void find_peer_ids_lists(const Source& source, std::vector<PeerIdsList>& lists,
                         PeerClaims& result) {
  for (const Parameter& parameter : split_into_parameters(source.text)) {
    const std::string_view driver = driver_of_peer_ids(parameter.name);
    if (driver.empty()) continue;
    const char* const start = (parameter.value ? *parameter.value : parameter.name).data();
    add_peer_ids_list({std::string(driver),
                       {},
                       source.name,
                       static_cast<std::size_t>(start - source.text.data())},
                      parameter, lists, result);
  }
}

/// The word at the start of the text, which is cut off it.
std::string_view take_word_before_peer_ids(std::string_view& text) {
  constexpr std::string_view blanks = "\t ";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(blanks));
  text.remove_prefix(word.size());
  return word;
}

/// One line of a file: `options MODULE NAME=VALUE…`, or anything else.
void read_peer_ids_option(std::string_view line, const std::string& place,
                          std::vector<PeerIdsList>& lists, PeerClaims& result) {
  if (take_word_before_peer_ids(line) != "options") return;
  const std::string_view module = take_word_before_peer_ids(line);
  const auto driver = std::find_if(drivers.begin(), drivers.end(), [&](std::string_view known) {
    return same_parameter_name(known, module);
  });
  if (driver == drivers.end()) return;
  for (const Parameter& parameter : split_into_parameters(line))
    if (parameter.name == "ids")
      add_peer_ids_list({std::string(*driver), {}, place, std::nullopt}, parameter, lists, result);
}

/// The lines of a file as libkmod reads them (freadline_wrapped): a backslash at the end of a line
/// joins the next one to it, any other stands for the byte behind it.
void read_peer_ids_of_modprobe(std::string_view text, const std::string& path,
                               std::vector<PeerIdsList>& lists, PeerClaims& result) {
  std::string line;
  std::size_t number = 1;
  std::size_t first = 1;
  const auto finish = [&] {
    read_peer_ids_option(line, peer_file_place(path) + ':' + std::to_string(first), lists, result);
    line.clear();
    first = number + 1;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '\\' && at + 1 < text.size();
    if (escape) ++at;
    if (text[at] != '\n')
      line += text[at];
    else if (!escape)
      finish();
    if (text[at] == '\n') ++number;
  }
  finish();
}

/// modprobe.d(5): sorted by file name over all folders, an earlier folder's file hides a later
/// one's.
void read_peer_ids_of_modprobe_files(const Root& root, std::vector<PeerIdsList>& lists,
                                     PeerClaims& result) {
  const std::vector<std::string> folders = {"etc/modprobe.d", "run/modprobe.d",
                                            "usr/local/lib/modprobe.d", "usr/lib/modprobe.d",
                                            "lib/modprobe.d"};
  for (const auto& [name, path] : peer_files(root, folders, ".conf", result))
    if (const auto text = read_peer_file(root, path, result))
      read_peer_ids_of_modprobe(*text, path, lists, result);
}

}  // namespace

void read_peer_ids(const Root& root, const std::vector<Source>& texts, PeerClaims& result) {
  std::vector<PeerIdsList> lists;
  read_peer_ids_of_modprobe_files(root, lists, result);
  for (const Source& text : texts) find_peer_ids_lists(text, lists, result);
  read_peer_ids_lists(lists, result);
}

void read_peer_ids(const std::vector<Source>& texts, PeerClaims& result) {
  std::vector<PeerIdsList> lists;
  for (const Source& text : texts) find_peer_ids_lists(text, lists, result);
  read_peer_ids_lists(lists, result);
}

}  // namespace driver_override
