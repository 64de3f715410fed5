// SPDX-License-Identifier: LGPL-2.1-or-later
// The buses whose devices take overrides, and names that people write in their place.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parser/message.hpp"

namespace driver_override {

/// A warning without a place about the name of a bus: one of a bus without overrides, of a class of
/// devices, or near that of a bus with overrides. None for others: a bus may come that is not known
/// here.
std::optional<Message> doubt_bus(std::string_view bus);

/// What to name in place of a device of a bus without overrides.
std::string no_override_hint(std::string_view bus);

}  // namespace driver_override
