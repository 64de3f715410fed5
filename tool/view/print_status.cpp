// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/print_status.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "parser/printable.hpp"
#include "tool/view/messages.hpp"
#include "tool/view/terminal.hpp"

namespace driver_override {
namespace {

void print_status_row(const Terminal& terminal, const StatusRow& row) {
  const std::string name = status_name(row.status);
  const std::string shown = row.status == DeviceStatus::ok       ? terminal.good(name)
                            : is_as_wanted(row)                  ? name
                            : row.status == DeviceStatus::failed ? terminal.bad(name)
                                                                 : terminal.doubtful(name);
  std::string rest = "  " + to_text(row.device) + ": ";
  rest += row.driver ? printable(*row.driver) : std::string("no driver");
  if (row.late) rest += " (late)";
  if (!row.override_name.empty()) rest += ", override " + in_quotes(row.override_name);
  if (!row.reason.empty()) rest += ": " + row.reason;
  std::printf("  %s%s\n", shown.c_str(), terminal.wrap(rest, 2 + name.size(), 6).c_str());
}

}  // namespace

void print_status(const Configuration& configuration, const Plan& plan,
                  const std::vector<StatusRow>& rows) {
  const Terminal terminal(STDOUT_FILENO);
  for (std::size_t rule = 0; rule < configuration.rules.size(); ++rule) {
    auto row = std::find_if(rows.begin(), rows.end(),
                            [&](const StatusRow& one) { return one.rule == rule; });
    if (configuration.rules[rule].bad && row == rows.end()) continue;
    std::printf("%s (%s)\n", terminal.bold(printable(configuration.rules[rule].text)).c_str(),
                place_of(configuration, rule).c_str());
    std::vector<DeviceId> shown;
    for (; row != rows.end() && row->rule == rule; ++row) {
      print_status_row(terminal, *row);
      shown.push_back(row->device);
    }
    for (const std::string& line : lines_without_row(configuration, plan, rule, shown))
      std::printf("  %s\n", line.c_str());
  }
}

}  // namespace driver_override
