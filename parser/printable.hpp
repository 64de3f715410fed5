// SPDX-License-Identifier: LGPL-2.1-or-later
// Bytes of any origin as text that a terminal, a log or JSON may show.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace driver_override {

/// The text with every byte that is not valid UTF-8 as %XX.
std::string as_utf8(std::string_view bytes);

/// The text for a person's terminal: as_utf8, with control characters as %XX too.
std::string printable(std::string_view bytes);

/// How many columns printable() takes; each character counts as one.
std::size_t printable_width(std::string_view bytes);

/// printable() in double quotes, shortened to at most 64 bytes of the original.
std::string in_quotes(std::string_view bytes);

}  // namespace driver_override
