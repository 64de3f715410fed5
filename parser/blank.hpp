// SPDX-License-Identifier: LGPL-2.1-or-later
// White space.
#pragma once

#include <string_view>

namespace driver_override {

/// White space as the kernel has it (lib/ctype.c): \t \n \v \f \r, space and byte 0xA0.
bool is_blank(char byte);

/// White space but for byte 0xA0, which in UTF-8 is a part of letters such as "à".
bool is_ascii_blank(char byte);

/// The text without ASCII white space at either end.
std::string_view trim_blanks(std::string_view text);

}  // namespace driver_override
