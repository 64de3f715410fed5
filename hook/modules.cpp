// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/modules.hpp"

#include <algorithm>
#include <set>

#include "hook/driver_table.hpp"

namespace driver_override {

std::string normalised_module(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), '-', '_');
  return text;
}

std::string_view find_module(std::string_view lines, std::string_view driver) {
  while (!lines.empty()) {
    // The line in the middle; rfind() gives npos in the first line, and npos + 1 is 0.
    const std::size_t begin = lines.rfind('\n', lines.size() / 2) + 1;
    const std::string_view rest = lines.substr(begin);
    const std::string_view line = rest.substr(0, rest.find('\n'));
    const std::size_t equals = line.find('=');
    const int order = driver.compare(line.substr(0, equals));
    if (order == 0) return line.substr(equals + 1);
    lines = order < 0 ? lines.substr(0, begin) : rest.substr(line.size() + 1);
  }
  return {};
}

std::vector<std::string_view> find_drivers(std::string_view lines, std::string_view module) {
  std::vector<std::string_view> drivers;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    const std::size_t equals = line.find('=');
    if (normalised_module(line.substr(equals + 1)) == normalised_module(module))
      drivers.push_back(line.substr(0, equals));
    lines.remove_prefix(line.size() + 1);
  }
  return drivers;
}

std::string module_of(const std::string& bus, const std::string& driver, const std::string& named) {
  if (!named.empty()) return named;
  const std::string_view known = find_module(driver_table(bus), driver);
  return known.empty() ? driver : std::string(known);
}

std::vector<std::string> modules_of(const std::vector<Rule>& rules) {
  std::set<std::string> modules;
  for (const Rule& rule : rules)
    if (!rule.bad && !rule.driver.empty() && rule.driver != no_driver)
      modules.insert(module_of(rule.bus, rule.driver, rule.options.module));
  return {modules.begin(), modules.end()};
}

}  // namespace driver_override
