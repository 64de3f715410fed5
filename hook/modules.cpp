// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/modules.hpp"

#include <set>

namespace driver_override {

std::string module_of(const std::string& driver, const std::string& named) {
  return named.empty() ? driver : named;
}

std::vector<std::string> modules_of(const std::vector<Rule>& rules) {
  std::set<std::string> modules;
  for (const Rule& rule : rules)
    if (!rule.bad && !rule.driver.empty() && rule.driver != no_driver)
      modules.insert(module_of(rule.driver, rule.options.module));
  return {modules.begin(), modules.end()};
}

}  // namespace driver_override
