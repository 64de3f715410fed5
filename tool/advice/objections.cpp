// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/objections.hpp"

#include <set>

#include "hook/modules.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/advice/warning.hpp"
#include "tool/machine/in_use.hpp"
#include "tool/machine/kernel_modules.hpp"

namespace driver_override {
namespace {

void add_objections_of_uses(const Root& root, const Configuration& configuration, const Plan& plan,
                            std::vector<Message>& objections) {
  const InUse in_use(root, DiskCheck::by_reading);
  for (const Action& action : plan.actions) {
    if (!action.device.driver || action.device.driver == action.driver) continue;
    for (const std::string& use : in_use.uses(root, action.device.id))
      objections.push_back(warning_of_rule(configuration, action.rule,
                                           {to_text(action.device.id), " is in use: ", use}));
  }
}

void add_objections_of_rules(const Configuration& configuration, const Plan& plan,
                             std::vector<Message>& objections) {
  for (const Skip& skip : plan.skips)
    if (skip.refused)
      objections.push_back(
          warning_of_rule(configuration, skip.rule, {to_text(skip.device.id), ": ", skip.reason}));
}

void add_objections_of_drivers(const Root& root, const Configuration& configuration,
                               std::vector<Message>& objections) {
  const KernelModules modules(root);
  if (!modules.known()) return;
  std::set<std::string> told;
  for (std::size_t index = 0; index < configuration.rules.size(); ++index) {
    const Rule& rule = configuration.rules[index];
    if (rule.driver.empty() || rule.driver == no_driver) continue;
    const std::string module = module_of(rule.bus, rule.driver, rule.options.module);
    if (root.exists("sys/bus/" + rule.bus + "/drivers/" + rule.driver) || modules.has(module))
      continue;
    if (told.insert(rule.driver + "," + module).second)
      objections.push_back(warning_of_rule(
          configuration, index,
          {"there is no driver ", in_quotes(rule.driver), " and no module ", in_quotes(module)},
          "if its module has another name, add module=NAME"));
  }
}

}  // namespace

std::vector<Message> find_objections(const Root& root, const Configuration& configuration,
                                     const Plan& plan) {
  std::vector<Message> objections;
  add_objections_of_uses(root, configuration, plan, objections);
  add_objections_of_rules(configuration, plan, objections);
  add_objections_of_drivers(root, configuration, objections);
  for (Message& objection : objections) objection.severity = Severity::error;
  return objections;
}

}  // namespace driver_override
