// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/message.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "parser/printable.hpp"

namespace driver_override {
namespace {

/// What an excerpt takes besides its text: two blanks, and "..." at either end.
constexpr std::size_t frame = 8;

/// The line of the excerpt, and that of the caret under it.
std::array<std::string, 2> show_message_excerpt(Span excerpt, Span span, std::string_view text,
                                                std::size_t columns) {
  const std::size_t half = std::max<std::size_t>(columns, 2 * frame + frame) / 2 - frame / 2;
  const std::size_t begin = excerpt.offset;
  const std::size_t end = begin + excerpt.length;
  const std::size_t caret = std::clamp(span.offset, begin, end);
  const std::size_t from = caret - begin > half ? caret - half : begin;
  const std::size_t to = std::min(end, caret + half);
  const std::string_view before = text.substr(from, caret - from);
  const std::string lead = from > begin ? "  ..." : "  ";
  return {lead + printable(before) + printable(text.substr(caret, to - caret)) +
              (to < end ? "..." : ""),
          std::string(lead.size() + printable_width(before), ' ') + '^'};
}

std::string where_message_is(Span span, std::string_view source) {
  return "  at byte " + std::to_string(span.offset) + " of " +
         (source.substr(0, 1) == "/" ? "" : "the ") + printable(source);
}

}  // namespace

std::string_view severity_name(Severity severity) {
  constexpr std::array<std::string_view, 3> names = {"error", "warning", "note"};
  return names.at(static_cast<std::size_t>(severity));
}

Message error_at(Span span, std::string text, std::string hint) {
  return {Severity::error, std::move(text), std::move(hint), Place{span, span}};
}

bool has_error(const std::vector<Message>& messages) {
  return std::any_of(messages.begin(), messages.end(),
                     [](const Message& message) { return message.severity == Severity::error; });
}

void set_message_excerpts(std::vector<Message>& messages, Span excerpt) {
  for (Message& message : messages)
    if (message.place) message.place->excerpt = excerpt;
}

std::vector<std::string> render(const Message& message, std::string_view text,
                                std::string_view source, std::size_t columns) {
  std::vector<std::string> lines = {message.text};
  if (message.place && message.place->excerpt) {
    const Span span = message.place->span;
    const auto [excerpt, caret] =
        show_message_excerpt(*message.place->excerpt, span, text, columns);
    lines.insert(lines.end(), {excerpt, caret, where_message_is(span, source)});
  }
  if (!message.hint.empty()) lines.push_back("  hint: " + printable(message.hint));
  return lines;
}

}  // namespace driver_override
