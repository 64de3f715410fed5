// SPDX-License-Identifier: LGPL-2.1-or-later
// What is said about a source text, and how it is shown with a caret.
// The wording of single messages belongs to the code that finds the fault.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "parser/span.hpp"

namespace driver_override {

enum class Severity { error, warning, note };

/// The word for a severity as messages and JSON have it: "error", "warning", "note".
std::string_view severity_name(Severity severity);

/// One statement about a run of bytes in a source text.
struct Diagnostic {
  Severity severity = Severity::error;
  Span span;            ///< what it is about
  Span context;         ///< the parameter or line that is shown; holds `span`
  std::string message;  ///< lower case, no full stop, no newline
  std::string hint;     ///< the fix, or empty
};

/// Either what was read, or why it could not be.
template <typename T>
using Parsed = std::variant<T, Diagnostic>;

/// An error whose context is not known yet.
Diagnostic error_at(Span span, std::string message, std::string hint = {});

/// The text with every byte that is not valid UTF-8 as %XX.
std::string as_utf8(std::string_view bytes);

/// The text for a person's terminal: as_utf8, with control characters as %XX too.
std::string printable(std::string_view bytes);

/// printable() in double quotes, shortened to at most 64 bytes of the original.
std::string in_quotes(std::string_view bytes);

/// Shows a diagnostic as lines without newlines: the message, the context cut to a width that suits
/// a terminal, a caret under the first byte of the span, the byte offset, and the hint.
/// \param text    the whole text of the source; the diagnostic's spans lie inside it
/// \param source  what the source is called: "command line", "argument" or "/FILE:LINE"
std::vector<std::string> render(const Diagnostic& diagnostic, std::string_view text,
                                std::string_view source);

}  // namespace driver_override
