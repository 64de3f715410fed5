// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/diagnostic.hpp"

#include <gtest/gtest.h>

namespace driver_override {
namespace {

std::size_t caret_column(const Diagnostic& diagnostic, std::string_view text) {
  return render(diagnostic, text, "command line").at(2).find('^');
}

TEST(Diagnostic, BytesThatAreNoUtf8AreShownAsHex) {
  EXPECT_EQ(as_utf8("CAF\xC3\x89 \xFF\xC3"), "CAF\xC3\x89 %FF%C3");
  EXPECT_EQ(as_utf8("\xC0\x80\xED\xA0\x80\xF5"), "%C0%80%ED%A0%80%F5");
  EXPECT_EQ(as_utf8("\xF0\x9F\x90\xA7"), "\xF0\x9F\x90\xA7");
}

TEST(Diagnostic, ControlsNeverReachATerminal) {
  EXPECT_EQ(printable("a\x1B[2J\n\x7F\xC2\x9B"), "a%1B[2J%0A%7F%C2%9B");
}

TEST(Diagnostic, TheCaretStandsUnderItsByte) {
  const std::string_view text = "k=CAF\xC3\x89,\xFFx";
  Diagnostic diagnostic = error_at({9, 1}, "m");
  diagnostic.context = {0, text.size()};
  // two of indent, seven of the name with its comma, three of %FF
  EXPECT_EQ(caret_column(diagnostic, text), 12U);
  EXPECT_EQ(render(diagnostic, text, "command line").at(1), "  k=CAF\xC3\x89,%FFx");
}

TEST(Diagnostic, ALongContextIsCutAroundTheCaret) {
  const std::string text = std::string(1000, 'a') + "!" + std::string(1000, 'b');
  Diagnostic diagnostic = error_at({1000, 1}, "m");
  diagnostic.context = {0, text.size()};
  const auto lines = render(diagnostic, text, "command line");
  EXPECT_LT(lines.at(1).size(), 140U);
  EXPECT_EQ(lines.at(1).at(lines.at(2).find('^')), '!');
  EXPECT_EQ(lines.at(3), "  at byte 1000 of the command line");
}

TEST(Diagnostic, ACaretAtTheEndOrOutsideStaysInTheContext) {
  Diagnostic diagnostic = error_at({3, 0}, "m");
  diagnostic.context = {0, 3};
  EXPECT_EQ(caret_column(diagnostic, "abc"), 5U);
  diagnostic.span.offset = 2;
  diagnostic.context = {0, 1};
  EXPECT_EQ(caret_column(diagnostic, "abc"), 3U);
}

TEST(Diagnostic, QuotedTextIsShortened) {
  EXPECT_EQ(in_quotes("a"), "\"a\"");
  EXPECT_EQ(in_quotes(std::string(65, 'a')), '"' + std::string(64, 'a') + "...\"");
}

}  // namespace
}  // namespace driver_override
