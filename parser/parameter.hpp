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

/// True if two parameter names are the same to the kernel, for which `-` is `_`
/// (kernel/params.c, parameq).
bool same_parameter_name(std::string_view one, std::string_view other);

/// Splits a command line as the kernel does, up to a bare `--` or the first NUL byte. There are no
/// escapes, and a quote that is never closed runs to the end. Never fails.
std::vector<Parameter> split_into_parameters(std::string_view line);

}  // namespace driver_override
