// SPDX-License-Identifier: LGPL-2.1-or-later
// Takes rules for later boots out of the drop-in that `save` keeps. Touches no device, and no file
// but that one.
#include <algorithm>
#include <cstdio>

#include "hook/match.hpp"
#include "hook/sysfs.hpp"
#include "parser/printable.hpp"
#include "parser/rule_parser.hpp"
#include "tool/commands/commands.hpp"
#include "tool/commands/saved_editor.hpp"
#include "tool/machine/device_paths.hpp"
#include "tool/machine/image_command.hpp"
#include "tool/view/messages.hpp"

namespace driver_override {
namespace {

/// \param before  the file's text before anything was forgotten
void print_rebuild_to_forget(const Root& root, const std::string& before,
                             const std::string& after) {
  std::printf("to be rid of it in the next boot: %s\n",
              rebuild_command(root, parse_saved(before), parse_saved(after)).c_str());
}

/// Which device parts one word means: those of the same words, and those that spell out a device
/// that it names.
class ForgetWord {
 public:
  ForgetWord(const Root& root, const std::string& word) {
    read_word(word);
    for (const DeviceId& id : find_devices_at_path(root, word, error_)) add_device(root, id);
    // A device that is not there can be forgotten, too.
    for (const DevicePattern& device : wanted_.devices)
      if (const auto name = exact_name_in_rule(device)) add_device(root, {wanted_.bus, *name});
  }

  [[nodiscard]] bool is_nothing() const { return wanted_.devices.empty() && devices_.empty(); }

  /// Why the word means nothing.
  [[nodiscard]] const std::string& error() const { return error_; }

  bool operator()(const Rule& rule, const DevicePattern& device) const {
    if (rule.bad) return false;
    return has_the_words(rule, device) || (!is_rule_pattern(device) && names_one(rule, device));
  }

  /// True if the rule names one of the devices, in whatever way.
  [[nodiscard]] bool by_any_part(const Rule& rule) const {
    return !rule.bad &&
           std::any_of(rule.devices.begin(), rule.devices.end(), [&](const DevicePattern& device) {
             return has_the_words(rule, device) || names_one(rule, device);
           });
  }

 private:
  void read_word(const std::string& word) {
    const std::string start = word.find(',') == std::string::npos ? "pci," + word : word;
    const ParsedRules parsed = parse_rules(start + "=x", 0);
    if (parsed.rules.size() == 1 && !parsed.rules[0].bad) wanted_ = parsed.rules[0];
    is_pattern_ = std::any_of(wanted_.devices.begin(), wanted_.devices.end(), is_rule_pattern);
  }

  /// With what paths and ids are decided by.
  void add_device(const Root& root, const DeviceId& id) {
    Device device(id);
    if (id.bus == "pci") {
      device.chain = read_sysfs_pci_chain(root, id);
      device.ids = read_sysfs_pci_ids(root, id);
    }
    devices_.push_back(std::move(device));
  }

  [[nodiscard]] bool has_the_words(const Rule& rule, const DevicePattern& device) const {
    return rule.bus == wanted_.bus &&
           std::any_of(wanted_.devices.begin(), wanted_.devices.end(),
                       [&](const DevicePattern& wanted) { return wanted.text == device.text; });
  }

  /// A pattern means itself alone, and a slot those of its functions, too, that are not there.
  [[nodiscard]] bool names_one(const Rule& rule, const DevicePattern& part) const {
    if (is_pattern_) return false;
    if (std::any_of(devices_.begin(), devices_.end(), [&](const Device& device) {
          return device.id.bus == rule.bus && names(part, device);
        }))
      return true;
    const Device absent({rule.bus, exact_name_in_rule(part).value_or("")});
    return rule.bus == wanted_.bus &&
           std::any_of(wanted_.devices.begin(), wanted_.devices.end(),
                       [&](const DevicePattern& wanted) { return names(wanted, absent); });
  }

  Rule wanted_;  ///< a rule for what the word says, if it can be read as a device part
  bool is_pattern_ = false;
  std::vector<Device> devices_;
  std::string error_;
};

/// Says where else the device is named; a boot would go by that. True if nothing was found.
bool is_nothing_to_forget(const Root& root, const ForgetWord& word_meaning,
                          const std::string& word) {
  const Configuration configuration = read_configuration(root, {});
  bool nowhere = true;
  for (std::size_t index = 0; index < configuration.rules.size(); ++index) {
    const Rule& rule = configuration.rules[index];
    if (rule.driver.empty() || !word_meaning.by_any_part(rule)) continue;
    nowhere = false;
    const Source& source = configuration.sources[configuration.rule_sources[index]];
    if (source.kind == Source::Kind::drop_in_line)
      print_error(in_quotes(word) + " is still named by " + in_quotes(rule.text) + " in " +
                  printable(source.name));
    else
      print_error(in_quotes(word) + " is still named on the kernel command line; delete " +
                  in_quotes(rule.text) + " from its parameter there");
  }
  return nowhere;
}

Exit forget_all(SavedEditor& editor) {
  const Edited edited =
      remove_saved_devices(editor.text(), [](const Rule&, const DevicePattern&) { return true; });
  if (!editor.write(edited)) return Exit::failed;
  for (const std::string& rule : edited.removed)
    std::printf("forgot %s\n", printable(rule).c_str());
  if (edited.removed.empty()) std::printf("no rule is saved\n");
  return Exit::done;
}

Exit forget_device(const Root& root, SavedEditor& editor, const std::string& word) {
  const ForgetWord word_meaning(root, word);
  if (word_meaning.is_nothing()) {
    print_error(word_meaning.error());
    return Exit::failed;
  }
  const Edited edited = remove_saved_devices(editor.text(), word_meaning);
  if (!editor.write(edited)) return Exit::failed;
  for (const std::string& rule : edited.removed)
    std::printf("forgot %s\n", printable(rule).c_str());
  const bool nowhere = is_nothing_to_forget(root, word_meaning, word);
  if (nowhere && edited.removed.empty()) print_error("no rule names " + in_quotes(word));
  return nowhere && !edited.removed.empty() ? Exit::done : Exit::failed;
}

}  // namespace

Exit forget(const ForgetOptions& options) {
  const Root root(options.root);
  SavedEditor editor(root);
  if (!editor.open()) return Exit::failed;
  const std::string before = editor.text();
  Exit exit = options.all ? forget_all(editor) : Exit::done;
  for (const std::string& word : options.devices)
    if (forget_device(root, editor, word) == Exit::failed) exit = Exit::failed;
  if (editor.text() != before) print_rebuild_to_forget(root, before, editor.text());
  return exit;
}

}  // namespace driver_override
