// SPDX-License-Identifier: LGPL-2.1-or-later
// Chosen patterns; random ones are in tests/property.
#include "parser/glob.hpp"

#include <fnmatch.h>
#include <gtest/gtest.h>

#include <string>

#include "parser/message.hpp"

namespace driver_override {
namespace {

bool matches(std::string_view pattern, std::string_view name) {
  const Parsed<Glob> glob = Glob::compile(pattern, 0);
  return std::holds_alternative<Glob>(glob) && std::get<Glob>(glob).matches(name);
}

std::string message(std::string_view pattern) {
  const Parsed<Glob> glob = Glob::compile(pattern, 0);
  const auto* fault = std::get_if<Message>(&glob);
  return fault == nullptr ? "" : fault->text;
}

TEST(Glob, EscapedBytesAreNoWildcards) {
  EXPECT_TRUE(matches("a%2a*", "a*bc"));
  EXPECT_FALSE(matches("a%2a*", "abc"));
  EXPECT_TRUE(matches("[%5d]x", "]x"));
  EXPECT_TRUE(matches("a%2Cb*", "a,b"));
}

TEST(Glob, BackslashAndQuotesAreOrdinary) {
  EXPECT_TRUE(matches("a\\*", "a\\x"));
  EXPECT_TRUE(matches("\"*\"", "\"x\""));
}

TEST(Glob, AnOpenSetIsAnError) {
  EXPECT_EQ(message("dpni.[12"), "expected \"]\" to close the set that \"[\" opens");
  EXPECT_NE(message("["), "");
  EXPECT_NE(message("[]"), "");
  EXPECT_NE(message("[!"), "");
}

TEST(Glob, SlashNulAndBadEscapesAreErrors) {
  EXPECT_EQ(message("*/"), "a device name cannot hold \"/\"");
  EXPECT_EQ(message("*%2f"), "a device name cannot hold \"/\"");
  EXPECT_EQ(message("*%00"), "a device name cannot hold a NUL byte");
  EXPECT_EQ(message("*%"), "expected two hex digits after \"%\" in a device name");
  EXPECT_EQ(message("[%zz]"), "expected two hex digits after \"%\" in a device name");
}

TEST(Glob, APatternForNamesThatCannotBeIsAnError) {
  EXPECT_EQ(message(std::string(255, '?') + '*'), "");
  EXPECT_EQ(message(std::string(256, '?')),
            "the pattern needs a name of 256 bytes; at most 255 are possible");
}

TEST(Glob, AnOutlineHasNoSetsAndNoEscapes) {
  const auto outline = [](std::string_view pattern) {
    return std::get<Glob>(Glob::compile(pattern, 0)).outline([](char byte) { return byte != '*'; });
  };
  EXPECT_EQ(outline("a*b?c"), "a*b?c");
  EXPECT_EQ(outline("a[b]c]%2a%5b**[!]]"), "a?c]?[**?");
  EXPECT_EQ(outline(""), "");
}

TEST(Glob, FitsTheLengthsOfTheNamesThatItMatches) {
  for (const char* pattern : {"", "?", "a?[b]", "????", "?????", "*", "*??", "?*??*", "?????*"})
    for (std::size_t least = 0; least < 7; ++least)
      for (std::size_t most = least; most < 7; ++most) {
        bool is_matched = false;
        for (std::size_t length = least; length <= most; ++length)
          is_matched = is_matched || matches(pattern, std::string("aab?????").substr(0, length));
        EXPECT_EQ(std::get<Glob>(Glob::compile(pattern, 0)).fits_length(least, most), is_matched)
            << pattern << ' ' << least << ' ' << most;
      }
}

TEST(Glob, ManyStarsDoNotTakeForEver) {
  std::string pattern;
  for (int i = 0; i < 120; ++i) pattern += "*a";
  EXPECT_FALSE(matches(pattern + "*b", std::string(255, 'a')));
}

TEST(Glob, AgreesWithFnmatchOnEveryByteOfClasses) {
  for (const char* pattern : {"[[:alpha:]]", "[![:digit:]x]", "[[:xdigit:]-]", "[a-f[:space:]]",
                              "[[:punct:]]", "[^[:upper:]]"})
    for (int byte = 1; byte < 256; ++byte) {
      const std::string name(1, static_cast<char>(byte));
      if (name == "/") continue;
      EXPECT_EQ(matches(pattern, name), ::fnmatch(pattern, name.c_str(), FNM_NOESCAPE) == 0)
          << pattern << ' ' << byte;
    }
}

}  // namespace
}  // namespace driver_override
