// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands' results as JSON; the only file pair that knows the JSON library. A key that users
// read is never renamed or dropped.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "hook/configuration.hpp"
#include "parser/message.hpp"
#include "tool/advice/advice.hpp"
#include "tool/view/device_table.hpp"
#include "tool/view/forecast.hpp"
#include "tool/view/status_view.hpp"
#include "tool/view/verdict.hpp"

namespace driver_override {

/// `check --json`: {"enabled", "rules": […], "diagnostics": […]}, indented, without a last newline.
std::string json_of_check(const Configuration& configuration);

/// `plan --json`: {"enabled", "actions", "rules", "unmatched", "diagnostics"}. Rules are numbered
/// as they stand in "rules", which holds the good ones.
std::string json_of_plan(const Configuration& configuration, const Forecast& forecast,
                         const Verdict& verdict);

/// `status --json`: {"enabled", "rules": […], "diagnostics": […]}.
std::string json_of_status(const Configuration& configuration, const std::vector<StatusRow>& rows);

/// `list --json`: {"devices": […]}.
std::string json_of_list(const std::vector<ListedDevice>& devices);

}  // namespace driver_override
