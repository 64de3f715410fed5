// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules for later boots: puts them into one drop-in file of this program's own, and takes them out.
// Touches no device, and no file but that one.
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "hook/sysfs.hpp"
#include "parser/rule_parser.hpp"
#include "tool/commands.hpp"
#include "tool/findings.hpp"
#include "tool/rebuild.hpp"
#include "tool/saved_file.hpp"

namespace driver_override {
namespace {

constexpr const char* folder = "etc/driver-override.d";
constexpr const char* file = "etc/driver-override.d/90-saved.conf";
// Not beside the file: a folder of rules gets no stray file, and anybody can open a folder.
constexpr const char* lock_folder = "run/driver-override";
constexpr const char* lock_file = "run/driver-override/saved.lock";
constexpr const char* heading =
    "# Edited by \"driver-override save\" and \"forget\"; comments and other lines are kept.\n";

Exit fail(const std::string& message) {
  std::fprintf(stderr, "driver-override: error: %s\n", message.c_str());
  return Exit::failed;
}

Exit fail(const std::string& path, const std::error_code& error) {
  return fail("/" + path + ": " + std::strerror(error.value()));
}

/// The file's text while nobody else edits it.
class Editor {
 public:
  explicit Editor(const Root& root) : root_(root) {}

  /// Waits for another process that edits it.
  Exit open() {
    std::error_code error;
    root_.make_directories(lock_folder, error);
    if (!error) lock_ = root_.lock(lock_file, error);
    if (error) return fail(lock_file, error);
    text_ = root_.read(file, error);
    const bool is_absent = error == std::errc::no_such_file_or_directory;
    return error && !is_absent ? fail(file, error) : Exit::done;
  }

  [[nodiscard]] const std::string& text() const { return text_; }

  Exit write(const std::string& text) {
    if (text == text_) return Exit::done;
    std::error_code error;
    root_.make_directories(folder, error);
    if (!error) root_.replace(file, text, error);
    if (error) return fail(file, error);
    text_ = text;
    return Exit::done;
  }

 private:
  const Root& root_;
  Descriptor lock_;
  std::string text_;
};

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
      (void)fail(in_quotes(word) + " is still named by " + in_quotes(rule.text) + " in " +
                 printable(source.name));
    else
      (void)fail(in_quotes(word) + " is still named on the kernel command line; delete " +
                 in_quotes(rule.text) + " from its parameter there");
  }
  return nowhere;
}

Exit forget_all(const Root& root, Editor& editor) {
  const Edited edited =
      without(editor.text(), [](const Rule&, const DevicePattern&) { return true; });
  if (editor.write(edited.text) == Exit::failed) return Exit::failed;
  for (const std::string& rule : edited.removed)
    std::printf("forgot %s\n", printable(rule).c_str());
  if (edited.removed.empty())
    std::printf("no rule is saved\n");
  else
    print_rebuild(root);
  return Exit::done;
}

Exit forget_device(const Root& root, Editor& editor, const std::string& word) {
  const Meant meant(root, word);
  if (!meant.is_readable())
    return fail(in_quotes(word) + " names no device; write BUS,NAME or a PCI address");
  const Edited edited = without(editor.text(), meant);
  if (editor.write(edited.text) == Exit::failed) return Exit::failed;
  for (const std::string& rule : edited.removed)
    std::printf("forgot %s\n", printable(rule).c_str());
  if (!edited.removed.empty()) print_rebuild(root);
  const bool nowhere = is_named_nowhere(root, meant, word);
  if (nowhere && edited.removed.empty()) return fail("no rule names " + in_quotes(word));
  return nowhere ? Exit::done : Exit::failed;
}

}  // namespace

Exit save(const Invocation& invocation) {
  const Root root(invocation.root);
  const Configuration configuration =
      read_configuration(root, {std::nullopt, invocation.words, true});
  print_findings(configuration);
  if (!configuration.enabled) return fail("the kill switch stands on the kernel command line only");
  if (has_errors(configuration)) return Exit::failed;
  Editor editor(root);
  if (editor.open() == Exit::failed) return Exit::failed;
  std::string text = editor.text().empty() ? heading : editor.text();
  for (const Rule& rule : configuration.rules) text = with_rule(text, rule).text;
  if (editor.write(text) == Exit::failed) return Exit::failed;
  for (const Rule& rule : configuration.rules)
    std::printf("saved %s in /%s\n", printable(to_text(rule)).c_str(), file);
  print_rebuild(root);
  return Exit::done;
}

Exit forget(const Invocation& invocation) {
  const Root root(invocation.root);
  Editor editor(root);
  if (editor.open() == Exit::failed) return Exit::failed;
  if (invocation.all) return forget_all(root, editor);
  Exit exit = Exit::done;
  for (const std::string& word : invocation.words) {
    if (forget_device(root, editor, word) == Exit::failed) exit = Exit::failed;
  }
  return exit;
}

}  // namespace driver_override
