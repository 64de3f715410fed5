// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules for later boots, put into one drop-in file of this program's own. Touches no device, and no
// file but that one.
#include <algorithm>
#include <cstdio>

#include "hook/sysfs.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/advice/misread.hpp"
#include "tool/advice/objections.hpp"
#include "tool/advice/trial_advice.hpp"
#include "tool/advice/unspared.hpp"
#include "tool/commands/commands.hpp"
#include "tool/commands/saved_editor.hpp"
#include "tool/machine/image_command.hpp"
#include "tool/view/forecast.hpp"
#include "tool/view/messages.hpp"

namespace driver_override {
namespace {

constexpr const char* heading =
    "# Edited by \"driver-override save\" and \"forget\"; comments and other lines are kept.\n";

/// The file's text with the rules added, one after the other.
class Addition {
 public:
  explicit Addition(const std::string& text) { edited_.text = text.empty() ? heading : text; }

  void add(const Rule& rule) {
    const std::string line = saved_line(rule);
    edited_ = add_rule_to_saved_conf(edited_.text, rule);
    for (const std::string& old : edited_.removed)
      if (old != line) told_.push_back("replaced " + old);
    told_.push_back("saved " + line + " in /" + saved_path);
  }

  [[nodiscard]] const Edited& edited() const { return edited_; }

  void print() const {
    for (const std::string& line : told_) std::printf("%s\n", printable(line).c_str());
  }

 private:
  Edited edited_;
  std::vector<std::string> told_;  ///< what was done, in its order
};

/// Says what the rules would do wrong. True unless something speaks against keeping them.
bool is_advisable_to_save(const Root& root, const Configuration& configuration, bool force) {
  Forecast forecast = make_forecast(root, configuration);
  std::vector<Message> objections;
  if (!force) objections = find_objections(root, configuration, forecast.plan);
  const auto is_objected = [&](const Message& one) {
    return std::any_of(objections.begin(), objections.end(),
                       [&](const Message& other) { return other.text == one.text; });
  };
  std::vector<Message>& warnings = forecast.warnings;
  warnings.erase(std::remove_if(warnings.begin(), warnings.end(), is_objected), warnings.end());
  print_messages(configuration, advise_on_trial(root, configuration));
  print_messages(configuration, warnings);
  print_messages(configuration, objections);
  if (!objections.empty()) print_error("nothing is saved", "--force saves it all the same");
  return objections.empty();
}

/// Exemptions, in whatever file, that are in vain in the next boot because of what is saved.
/// \param given  the new rules: what they do to each other has been said
void warn_of_unspared_after_save(const Root& root, const Configuration& given) {
  const Configuration next = read_configuration(root, {});
  Plan plan = make_plan(next.rules, read_sysfs_inventory(root, next.rules));
  std::erase_if(plan.unspared, [&](const Plan::Unspared& one) {
    const auto is_saved = [&](std::size_t rule) {
      const std::string& source = next.sources[next.rule_sources[rule]].name;
      return source.starts_with(std::string("/") + saved_path + ":");
    };
    const auto is_given = [&](std::size_t rule) {
      const std::string line = saved_line(next.rules[rule]);
      return std::any_of(given.rules.begin(), given.rules.end(),
                         [&](const Rule& other) { return saved_line(other) == line; });
    };
    return !(is_saved(one.rule) || is_saved(one.exemption)) ||
           (is_given(one.rule) && is_given(one.exemption));
  });
  print_messages(next, advise_on_unspared(next, plan));
}

}  // namespace

Exit save(const SaveOptions& options) {
  const Root root(options.root);
  Configuration configuration = read_configuration(root, {std::nullopt, options.rules, true});
  explain_misread(root, configuration);
  if (options.trial)
    for (Rule& rule : configuration.rules) rule.options.trial = true;
  print_messages(configuration);
  if (!configuration.enabled)
    print_error("driver_override=off works on the kernel command line only");
  if (!configuration.enabled || has_configuration_errors(configuration)) return Exit::failed;
  if (!is_advisable_to_save(root, configuration, options.force)) return Exit::failed;
  SavedEditor editor(root);
  if (!editor.open()) return Exit::failed;
  Addition addition(editor.text());
  for (const Rule& rule : configuration.rules) addition.add(rule);
  const std::vector<Rule> before = parse_saved(editor.text());
  if (!editor.write(addition.edited())) return Exit::failed;
  addition.print();
  warn_of_unspared_after_save(root, configuration);
  std::printf("to have it in the next boot: %s\n",
              rebuild_command(root, before, parse_saved(editor.text())).c_str());
  return Exit::done;
}

}  // namespace driver_override
