// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's quoting: one command line in, its parameters with their offsets out.
// What changes here must stay what lib/cmdline.c (next_arg) and kernel/params.c (parse_args) do.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "parser/span.hpp"

namespace driver_override {

/// One parameter. The views point into the line that was split.
struct Parameter {
  std::string_view name;                  ///< without outer quotes
  std::optional<std::string_view> value;  ///< without outer quotes; none if there is no `=`
  Span word;                              ///< the whole word in the line, quotes included
  bool quote_is_open = false;             ///< a quote in the word is never closed
};

/// White space as the kernel has it (lib/ctype.c): \t \n \v \f \r, space and byte 0xA0.
bool is_blank(char byte);

/// White space but for byte 0xA0, which in UTF-8 is a part of letters such as "à".
bool is_ascii_blank(char byte);

/// The text without ASCII white space at either end.
std::string_view trim_blanks(std::string_view text);

/// True if two parameter names are the same to the kernel, for which `-` is `_`
/// (kernel/params.c, parameq).
bool same_parameter_name(std::string_view one, std::string_view other);

/// Splits a command line as the kernel does, up to a bare `--` or the first NUL byte. There are no
/// escapes, and a quote that is never closed runs to the end. Never fails.
std::vector<Parameter> split_command_line(std::string_view line);

}  // namespace driver_override
