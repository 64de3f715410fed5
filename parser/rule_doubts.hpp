// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules that can be read, and can hardly be meant as they are written: warnings, which change
// nothing. A further doubt is one function in rule_doubts.cpp.
#pragma once

#include <vector>

#include "parser/message.hpp"
#include "parser/rule.hpp"

namespace driver_override {

/// Adds a warning for each doubt about a sound rule.
void add_doubts(const Rule& rule, std::vector<Message>& messages);

}  // namespace driver_override
