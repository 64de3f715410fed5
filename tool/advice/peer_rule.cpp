// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/peer_rule.hpp"

#include <boost/filesystem/path.hpp>
#include <utility>

#include "parser/command_line.hpp"
#include "parser/name.hpp"
#include "parser/printable.hpp"
#include "tool/machine/boot_escape.hpp"

namespace driver_override {
namespace {

namespace fs = boost::filesystem;

bool is_peer_file_name(const fs::path& name, const char* extension) {
  return name.native().front() != '.' && name.extension() == extension;
}

}  // namespace

Message peer_rule_fault(std::string text, std::string hint) {
  return {Severity::error, std::move(text), std::move(hint)};
}

std::string peer_file_place(const std::string& path) {
  return '/' + printable(path);
}

std::string name_in_peer_rule(std::string_view name) {
  return escape_for_boot_loader(encode_name(name));
}

Parsed<Rule> read_back_peer_rule(const std::string& text) {
  ParsedRules parsed = parse_command_line("driver_override=" + text);
  for (Message& message : parsed.messages)
    if (message.severity == Severity::error) return std::move(message);
  if (parsed.rules.size() != 1 || parsed.rules[0].bad || parsed.rules[0].devices.size() != 1)
    return peer_rule_fault(in_quotes(text) + " is no rule");
  return std::move(parsed.rules[0]);
}

std::optional<std::string> read_peer_file(const Root& root, const std::string& path,
                                          PeerClaims& result) {
  std::error_code error;
  std::string text = root.read(path, error);
  if (!error) return text;
  result.messages.push_back({Severity::error, peer_file_place(path) + ": " + error.message()});
  return std::nullopt;
}

std::vector<std::string> list_peer_folder(const Root& root, const std::string& path,
                                          PeerClaims& result) {
  std::error_code error;
  std::vector<std::string> names = root.list(path, error);
  if (error && error != std::errc::no_such_file_or_directory)
    result.messages.push_back({Severity::error, peer_file_place(path) + ": " + error.message()});
  return names;
}

std::map<std::string, std::string> peer_files(const Root& root,
                                              const std::vector<std::string>& folders,
                                              const char* extension, PeerClaims& result) {
  std::map<std::string, std::string> paths;
  for (const std::string& folder : folders)
    for (const std::string& name : list_peer_folder(root, folder, result))
      if (is_peer_file_name(name, extension))
        paths.emplace(name, (fs::path(folder) / name).native());
  return paths;
}

void add_peer_claim(const char* peer, const std::string& place, Parsed<Rule> rule,
                    PeerClaims& result) {
  if (auto* fault = std::get_if<Message>(&rule))
    result.messages.push_back({Severity::error, place + ": " + fault->text, fault->hint});
  else
    result.claims.push_back({peer, place, std::move(std::get<Rule>(rule))});
}

}  // namespace driver_override
