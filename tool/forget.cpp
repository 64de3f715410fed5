// SPDX-License-Identifier: LGPL-2.1-or-later
// Takes rules for later boots out of the drop-in that `save` keeps. Touches no device, and no file
// but that one.
#include <cstdio>

#include "hook/sysfs.hpp"
#include "parser/rule_parser.hpp"
#include "tool/commands.hpp"
#include "tool/findings.hpp"
#include "tool/rebuild.hpp"
#include "tool/saved_editor.hpp"

namespace driver_override {
namespace {

void print_rebuild(const Root& root) {
  std::printf("to have it in the next boot: %s\n", rebuild_command(root).c_str());
}

/// Which device parts one word means: those of the same words or the same full name, and
/// spelled-out ones that name the device that is there.
class Meant {
 public:
  Meant(const Root& root, const std::string& word) : root_(root) {
    const std::string start = word.find(',') == std::string::npos ? "pci," + word : word;
    const ParsedRules parsed = parse_rules(start + "=x", 0);
    if (parsed.rules.size() == 1 && !parsed.rules[0].bad && parsed.rules[0].devices.size() == 1)
      wanted_ = parsed.rules[0];
  }

  [[nodiscard]] bool is_readable() const { return !wanted_.devices.empty(); }

  bool operator()(const Rule& rule, const DevicePattern& device) const {
    if (rule.bus != wanted_.bus || rule.bad) return false;
    const DevicePattern& wanted = wanted_.devices.front();
    if (device.text == wanted.text) return true;
    const auto name = exact_name(wanted);
    if (!name || has_wildcard(device)) return false;
    return exact_name(device) == name || names_present(rule, device, *name);
  }

  /// True where the rule names the device by a wildcard.
  [[nodiscard]] bool by_wildcard(const Rule& rule) const {
    const auto name = exact_name(wanted_.devices.front());
    if (!name || rule.bad || rule.bus != wanted_.bus) return false;
    for (const DevicePattern& device : rule.devices)
      if (has_wildcard(device) && names_present(rule, device, *name)) return true;
    return false;
  }

 private:
  /// A path, a slot or a pattern: asked of the devices that there are.
  [[nodiscard]] bool names_present(const Rule& rule, const DevicePattern& device,
                                   const std::string& name) const {
    Rule alone = rule;
    alone.devices = {device};
    return !read_inventory(root_, {alone}, {rule.bus, name}).devices.empty();
  }

  const Root& root_;
  Rule wanted_;
};

/// Says where else the device is named; a boot would go by that. True where nothing was found.
bool is_named_nowhere(const Root& root, const Meant& meant, const std::string& word) {
  const Configuration configuration = read_configuration(root, {});
  bool nowhere = true;
  for (std::size_t index = 0; index < configuration.rules.size(); ++index) {
    const Rule& rule = configuration.rules[index];
    bool named = !rule.driver.empty() && meant.by_wildcard(rule);
    for (const DevicePattern& device : rule.devices)
      named = named || (!rule.driver.empty() && meant(rule, device));
    if (!named) continue;
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

Exit forget_all(const Root& root, SavedEditor& editor) {
  const Edited edited =
      without(editor.text(), [](const Rule&, const DevicePattern&) { return true; });
  if (!editor.write(edited)) return Exit::failed;
  for (const std::string& rule : edited.removed)
    std::printf("forgot %s\n", printable(rule).c_str());
  if (edited.removed.empty())
    std::printf("no rule is saved\n");
  else
    print_rebuild(root);
  return Exit::done;
}

Exit forget_device(const Root& root, SavedEditor& editor, const std::string& word) {
  const Meant meant(root, word);
  if (!meant.is_readable()) {
    print_error(in_quotes(word) + " names no device; write BUS,NAME or a PCI address");
    return Exit::failed;
  }
  const Edited edited = without(editor.text(), meant);
  if (!editor.write(edited)) return Exit::failed;
  for (const std::string& rule : edited.removed)
    std::printf("forgot %s\n", printable(rule).c_str());
  if (!edited.removed.empty()) print_rebuild(root);
  const bool nowhere = is_named_nowhere(root, meant, word);
  if (nowhere && edited.removed.empty()) print_error("no rule names " + in_quotes(word));
  return nowhere && !edited.removed.empty() ? Exit::done : Exit::failed;
}

}  // namespace

Exit forget(const Invocation& invocation) {
  const Root root(invocation.root);
  SavedEditor editor(root);
  if (!editor.open()) return Exit::failed;
  if (invocation.all) return forget_all(root, editor);
  Exit exit = Exit::done;
  for (const std::string& word : invocation.words)
    if (forget_device(root, editor, word) == Exit::failed) exit = Exit::failed;
  return exit;
}

}  // namespace driver_override
