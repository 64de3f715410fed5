// SPDX-License-Identifier: LGPL-2.1-or-later
// The quoting is held against a transcription of the kernel's own loop, on chosen and on random
// lines.
#include "parser/parameter.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace driver_override {
namespace {

struct Pair {
  std::string name;
  std::optional<std::string> value;

  friend bool operator==(const Pair&, const Pair&) = default;
};

void PrintTo(const Pair& pair, std::ostream* out) {
  *out << '[' << pair.name << "][" << pair.value.value_or("(none)") << ']';
}

/// What the kernel sees, on a buffer that it may overwrite: the behaviour of next_arg and of the
/// loop in parse_args, written down independently of the code under test.
std::vector<Pair> as_the_kernel(std::string line) {
  const auto blank = [](char c) {
    return c == ' ' || (c >= 9 && c <= 13) || static_cast<unsigned char>(c) == 0xA0;
  };
  line.push_back('\0');
  char* at = line.data();
  std::vector<Pair> pairs;
  while (blank(*at)) ++at;
  while (*at != '\0') {
    char* args = at;
    bool in_quote = false;
    bool quoted = false;
    if (*args == '"') {
      ++args;
      in_quote = true;
      quoted = true;
    }
    unsigned i = 0;
    unsigned equals = 0;
    for (; args[i] != '\0'; ++i) {
      if (blank(args[i]) && !in_quote) break;
      if (equals == 0 && args[i] == '=') equals = i;
      if (args[i] == '"') in_quote = !in_quote;
    }
    const char* name = args;
    const char* value = nullptr;
    const bool more = args[i] != '\0';
    if (equals != 0) {
      args[equals] = '\0';
      value = args + equals + 1;
      if (*value == '"') {
        ++value;
        if (args[i - 1] == '"') args[i - 1] = '\0';
      }
    }
    if (quoted && i > 0 && args[i - 1] == '"') args[i - 1] = '\0';
    if (more) args[i] = '\0';
    at = args + i + (more ? 1 : 0);
    while (blank(*at)) ++at;
    if (value == nullptr && std::string(name) == "--") break;
    pairs.push_back({name, value == nullptr ? std::nullopt : std::optional<std::string>(value)});
  }
  return pairs;
}

std::vector<Pair> as_we(std::string_view line) {
  std::vector<Pair> pairs;
  for (const Parameter& parameter : split_into_parameters(line))
    pairs.push_back({std::string(parameter.name), parameter.value
                                                      ? std::optional<std::string>(*parameter.value)
                                                      : std::nullopt});
  return pairs;
}

TEST(Parameters, BothQuoteFormsMeanTheSame) {
  const std::vector<Pair> expected = {{"k", "a b"}, {"k", "a b"}};
  EXPECT_EQ(as_we(R"(k="a b" "k=a b")"), expected);
}

TEST(Parameters, InnerQuotesStay) {
  EXPECT_EQ(as_we(R"(k=a"b c"d)"), (std::vector<Pair>{{"k", "a\"b c\"d"}}));
}

TEST(Parameters, TheFirstEqualsSplits) {
  EXPECT_EQ(as_we("k=a=b"), (std::vector<Pair>{{"k", "a=b"}}));
}

TEST(Parameters, AnEqualsAtTheStartBelongsToTheName) {
  EXPECT_EQ(as_we("=k=a"), (std::vector<Pair>{{"=k", "a"}}));
}

TEST(Parameters, ByteA0SeparatesWords) {
  EXPECT_EQ(as_we("a\xA0"
                  "b=c"),
            (std::vector<Pair>{{"a", std::nullopt}, {"b", "c"}}));
}

TEST(Parameters, ABareDoubleDashEndsTheParameters) {
  EXPECT_EQ(as_we("a -- b"), (std::vector<Pair>{{"a", std::nullopt}}));
  EXPECT_EQ(as_we("a --=x b").size(), 3U);
}

TEST(Parameters, AnOpenQuoteRunsToTheEndAndIsMarked) {
  const auto parameters = split_into_parameters("a \"k=b c");
  ASSERT_EQ(parameters.size(), 2U);
  EXPECT_FALSE(parameters[0].quote_is_open);
  EXPECT_TRUE(parameters[1].quote_is_open);
  EXPECT_EQ(parameters[1].value, "b c");
  EXPECT_EQ(parameters[1].word, (Span{2, 6}));
}

TEST(Parameters, ANulEndsTheLine) {
  EXPECT_EQ(as_we(std::string_view("a\0b", 3)).size(), 1U);
}

TEST(Parameters, DashAndUnderscoreAreEqualInNames) {
  EXPECT_TRUE(same_parameter_name("driver-override", "driver_override"));
  EXPECT_FALSE(same_parameter_name("driver_overrid", "driver_override"));
}

TEST(Parameters, AgreesWithTheKernelOnRandomLines) {
  std::mt19937 random(1);
  const std::string alphabet = "ab=\" -\t\xA0'\\;";
  for (int round = 0; round < 200000; ++round) {
    std::string line(random() % 14, ' ');
    for (char& c : line) c = alphabet[random() % alphabet.size()];
    ASSERT_EQ(as_we(line), as_the_kernel(line)) << line;
  }
}

}  // namespace
}  // namespace driver_override
