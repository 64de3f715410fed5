// SPDX-License-Identifier: LGPL-2.1-or-later
// How state is written to files: one name and value per line, in order. Any bytes may be in a
// value.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace driver_override {

/// Names hold no blank and no control byte; a name may stand more than once.
using Fields = std::vector<std::pair<std::string, std::string>>;

/// "NAME VALUE\n" for each; control bytes and `%` in a value are written as %XX.
std::string to_text(const Fields& fields);

/// Puts one field more at the end of such a text.
void append_field(std::string& text, std::string_view name, std::string_view value);

/// Reads them back. A last line without its newline is left out, as it may be cut.
Fields read_fields(std::string_view text);

/// The first value of that name; empty if there is none.
std::string value_of_field(const Fields& fields, std::string_view name);

}  // namespace driver_override
