// SPDX-License-Identifier: LGPL-2.1-or-later
// What is said to a person: the one noun for errors, warnings and notes. How a message is shown
// with its excerpt is decided here; its words belong to the code that finds the fault.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "parser/span.hpp"

namespace driver_override {

enum class Severity { error, warning, note };

/// The word for a severity as messages and JSON have it: "error", "warning", "note".
std::string_view severity_name(Severity severity);

/// What in a source text a message is about.
struct Place {
  Span span;
  std::optional<Span> excerpt;  ///< the parameter or line to show; holds `span`. None: show nothing
  std::size_t source = 0;       ///< which text (Configuration::sources); the parser knows only one
};

struct Message {
  Severity severity = Severity::error;
  std::string text;    ///< lower case, no full stop, no newline
  std::string hint{};  ///< the fix, or empty
  std::optional<Place> place{};
};

/// Either what was read, or why it could not be.
template <typename T>
using Parsed = std::variant<T, Message>;

/// An error about a run of bytes, which is its excerpt too until more is known.
Message error_at(Span span, std::string text, std::string hint = {});

/// True if one of the messages is an error.
bool has_error(const std::vector<Message>& messages);

/// Sets what is shown around the places of the messages.
void set_message_excerpts(std::vector<Message>& messages, Span excerpt);

/// The columns of an excerpt if there is room for them.
constexpr std::size_t widest_excerpt = 128;

/// A message as lines without newlines: its text; if it has an excerpt, that, cut to a width that
/// suits a terminal, a caret under the first byte of the span, and the byte's offset; the hint.
///
/// \param text    the whole text of the source; the message's spans lie inside it
/// \param source  what the source is called: "command line", "argument" or "/FILE:LINE"
///
/// \param columns  the room for the excerpt
std::vector<std::string> render(const Message& message, std::string_view text,
                                std::string_view source, std::size_t columns = widest_excerpt);

}  // namespace driver_override
