// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/misread.hpp"

#include <algorithm>
#include <array>
#include <boost/filesystem/path.hpp>
#include <optional>
#include <string_view>

#include "hook/drop_ins.hpp"
#include "parser/kill_switch.hpp"
#include "parser/pci_address.hpp"
#include "parser/printable.hpp"
#include "tool/machine/device_paths.hpp"

namespace driver_override {
namespace {

namespace fs = boost::filesystem;

constexpr std::size_t longest_word = 64;

/// The word of the source that a message points into: up to what ends a name.
std::string misread_word_at(const Source& source, Span span) {
  constexpr std::string_view ends = ",;= \t\"'";
  const std::string_view text = source.text;
  if (span.offset >= text.size()) return {};
  const std::size_t before = text.find_last_of(ends, span.offset == 0 ? 0 : span.offset - 1);
  const std::size_t begin =
      before == std::string_view::npos || before >= span.offset ? 0 : before + 1;
  const std::size_t end = std::min(text.find_first_of(ends, span.offset), text.size());
  if (begin >= end || end - begin > longest_word) return {};
  return std::string(text.substr(begin, end - begin));
}

/// An error in a rule's bus or device that is the name of something else on this machine.
void explain_misread_by_machine(const Root& root, const Configuration& configuration,
                                Message& message) {
  if (message.severity != Severity::error || !message.place) return;
  const std::string word =
      misread_word_at(configuration.sources[message.place->source], message.place->span);
  std::string device;
  const std::string what = describe_misread_word(root, word, device);
  if (!what.empty())
    message.hint = in_quotes(word) + " is " + what + ": write " + device + "=DRIVER";
}

/// True for a device without its driver: "0a:00", "pci,0000:0a:00.0", "platform,serial8250".
bool is_misread_device(const std::string& text) {
  if (text.find('=') != std::string::npos) return false;
  return text.find(',') != std::string::npos || is_pci_address(text);
}

bool is_misread_driver(const std::string& text) {
  return !text.empty() && text.find_first_of("=,: ;/") == std::string::npos && !is_kill_value(text);
}

/// "plan 0a:00 vfio-pci": two arguments, as suggest takes them, become one message.
void explain_misread_pairs(Configuration& configuration) {
  const std::vector<Source>& sources = configuration.sources;
  for (std::size_t i = 0; i + 1 < sources.size(); ++i) {
    const std::string& device = sources[i].text;
    const std::string& driver = sources[i + 1].text;
    const bool are_arguments =
        sources[i].kind == Source::Kind::argument && sources[i + 1].kind == Source::Kind::argument;
    if (!are_arguments || !is_misread_device(device) || !is_misread_driver(driver)) continue;
    std::vector<Message>& messages = configuration.messages;
    const auto is_of = [](std::size_t source) {
      return [source](const Message& one) { return one.place && one.place->source == source; };
    };
    const auto first = std::find_if(messages.begin(), messages.end(), is_of(i));
    if (first == messages.end()) continue;
    const std::string bus = device.find(',') == std::string::npos ? "pci," : "";
    first->text = "expected a rule, found a device and a driver";
    first->hint = std::string("write ").append(bus).append(device).append("=").append(driver);
    messages.erase(std::remove_if(messages.begin(), messages.end(), is_of(i + 1)), messages.end());
  }
}

/// What editors and package managers leave behind is meant not to be read.
bool is_misread_leftover(const fs::path& name) {
  constexpr std::array<const char*, 4> ends = {".bak", ".disabled", ".dpkg-old", ".rpmsave"};
  const std::string& text = name.native();
  return text.front() == '.' || text.back() == '~' ||
         std::find(ends.begin(), ends.end(), name.extension()) != ends.end();
}

}  // namespace

std::string describe_misread_word(const Root& root, const std::string& word, std::string& device) {
  struct Class {
    const char* folder;
    const char* noun;
  };
  constexpr std::array<Class, 5> classes = {{{"net", "a network interface"},
                                             {"block", "a disk"},
                                             {"nvme", "an NVMe controller"},
                                             {"drm", "a graphics node"},
                                             {"sound", "a sound card"}}};
  if (word.empty() || word.find('/') != std::string::npos || word[0] == '.') return {};
  for (const Class& one : classes) {
    const auto path = device_path_behind_link(root, std::string("sys/class/") + one.folder, word);
    if (!path) continue;
    const auto found = last_device_on_path(root, *path);
    if (!found) return {};
    device = rule_name_of_device(*found);
    return std::string(one.noun) + " of " + to_text(*found);
  }
  return {};
}

void explain_misread(const Root& root, Configuration& configuration) {
  for (Message& message : configuration.messages)
    explain_misread_by_machine(root, configuration, message);
  explain_misread_pairs(configuration);
}

std::vector<Message> files_not_read(const Root& root) {
  std::vector<Message> messages;
  for (const char* folder : drop_in_folders) {
    std::error_code error;
    for (const fs::path name : root.list(folder, error)) {
      if (name.extension() == ".conf" || is_misread_leftover(name) || name == "README") continue;
      fs::path better = name;
      better.replace_extension(".conf");
      messages.push_back({Severity::warning,
                          "/" + std::string(folder) + "/" + printable(name.native()) +
                              " is not read: its name does not end in .conf",
                          "rename it to " + printable(better.native())});
    }
  }
  return messages;
}

}  // namespace driver_override
