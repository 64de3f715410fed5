// SPDX-License-Identifier: LGPL-2.1-or-later
// The options of each command, in the order of its help. A further option belongs here, in
// tool/commands/commands.hpp and in the manual page.
#pragma once

#include "tool/commands/commands.hpp"
#include "tool/option_table.hpp"

namespace driver_override {

void add_options(OptionTable& table, ApplyOptions& options);
void add_options(OptionTable& table, CheckOptions& options);
void add_options(OptionTable& table, PlanOptions& options);
void add_options(OptionTable& table, StatusOptions& options);
void add_options(OptionTable& table, SetOptions& options);
void add_options(OptionTable& table, ClearOptions& options);
void add_options(OptionTable& table, SaveOptions& options);
void add_options(OptionTable& table, ForgetOptions& options);
void add_options(OptionTable& table, ConfirmOptions& options);
void add_options(OptionTable& table, ListOptions& options);
void add_options(OptionTable& table, SnapshotOptions& options);
void add_options(OptionTable& table, SuggestOptions& options);
void add_options(OptionTable& table, ConvertOptions& options);
void add_options(OptionTable& table, ModulesOptions& options);
void add_options(OptionTable& table, CompleteOptions& options);

}  // namespace driver_override
