// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/message.hpp"

#include <gtest/gtest.h>

#include "parser/printable.hpp"

namespace driver_override {
namespace {

Message error_in(Span span, Span excerpt) {
  Message message = error_at(span, "m");
  message.place->excerpt = excerpt;
  return message;
}

std::size_t caret_column(const Message& message, std::string_view text) {
  return render(message, text, "command line").at(2).find('^');
}

TEST(Message, BytesThatAreNoUtf8AreShownAsHex) {
  EXPECT_EQ(as_utf8("CAF\xC3\x89 \xFF\xC3"), "CAF\xC3\x89 %FF%C3");
  EXPECT_EQ(as_utf8("\xC0\x80\xED\xA0\x80\xF5"), "%C0%80%ED%A0%80%F5");
  EXPECT_EQ(as_utf8("\xF0\x9F\x90\xA7"), "\xF0\x9F\x90\xA7");
  // The last before the surrogates, the first and the last of them, the first behind them.
  EXPECT_EQ(as_utf8("\xED\x9F\xBF \xED\xA0\x80 \xED\xBF\xBF \xEE\x80\x80"),
            "\xED\x9F\xBF %ED%A0%80 %ED%BF%BF \xEE\x80\x80");
  // The last of each length, and what a shorter sequence can say.
  EXPECT_EQ(as_utf8("\xDF\xBF\xEF\xBF\xBF\xF4\x8F\xBF\xBF"),
            "\xDF\xBF\xEF\xBF\xBF\xF4\x8F\xBF\xBF");
  EXPECT_EQ(as_utf8("\xC1\xBF\xE0\x9F\xBF"), "%C1%BF%E0%9F%BF");
  EXPECT_EQ(as_utf8("\xF0\x8F\xBF\xBF\xF4\x90\x80\x80"), "%F0%8F%BF%BF%F4%90%80%80");
}

TEST(Message, ControlsNeverReachATerminal) {
  EXPECT_EQ(printable("a\x1B[2J\n\x7F\xC2\x9B"), "a%1B[2J%0A%7F%C2%9B");
}

TEST(Message, AHintMayRepeatAnyBytes) {
  const Message message = {Severity::error, "m", "write pci,\x1B[2J\n=x", std::nullopt};
  EXPECT_EQ(render(message, {}, {}),
            (std::vector<std::string>{"m", "  hint: write pci,%1B[2J%0A=x"}));
}

TEST(Message, TheCaretStandsUnderItsByte) {
  const std::string_view text = "k=CAF\xC3\x89,\xFFx";
  const Message message = error_in({9, 1}, {0, text.size()});
  // two of indent, seven of the name with its comma, three of %FF
  EXPECT_EQ(caret_column(message, text), 12U);
  EXPECT_EQ(render(message, text, "command line").at(1), "  k=CAF\xC3\x89,%FFx");
}

TEST(Message, ALongExcerptIsCutAroundTheCaret) {
  const std::string text = std::string(1000, 'a') + "!" + std::string(1000, 'b');
  const Message message = error_in({1000, 1}, {0, text.size()});
  const auto lines = render(message, text, "command line");
  EXPECT_LT(lines.at(1).size(), 140U);
  EXPECT_EQ(lines.at(1).at(lines.at(2).find('^')), '!');
  EXPECT_EQ(lines.at(3), "  at byte 1000 of the command line");
}

TEST(Message, ACaretAtTheEndOrOutsideStaysInTheExcerpt) {
  EXPECT_EQ(caret_column(error_in({3, 0}, {0, 3}), "abc"), 5U);
  EXPECT_EQ(caret_column(error_in({2, 0}, {0, 1}), "abc"), 3U);
}

TEST(Message, QuotedTextIsShortened) {
  EXPECT_EQ(in_quotes("a"), "\"a\"");
  EXPECT_EQ(in_quotes(std::string(65, 'a')), '"' + std::string(64, 'a') + "...\"");
}

}  // namespace
}  // namespace driver_override
