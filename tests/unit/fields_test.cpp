// SPDX-License-Identifier: LGPL-2.1-or-later
// State as text: whatever bytes a value holds come back, and a cut line does not.
#include "hook/fields.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace driver_override {
namespace {

std::string random_bytes(std::mt19937& random, std::string_view likely) {
  std::string bytes(random() % 40, '\0');
  for (char& byte : bytes)
    byte = random() % 2 == 0 ? likely[random() % likely.size()] : static_cast<char>(random());
  return bytes;
}

TEST(Fields, AreLinesOfANameAndAValue) {
  EXPECT_EQ(to_text({{"bus", "pci"}, {"rule", "a b=%c"}, {"end", ""}}),
            "bus pci\nrule a b=%25c\nend \n");
  EXPECT_EQ(to_text({{"x", "a\nb\x7F\r"}}), "x a%0ab%7f%0d\n");
  EXPECT_EQ(to_text({}), "");
}

TEST(Fields, AnyByteComesBack) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  const Fields fields = {{"a", every}, {"b", ""}, {"a", "  two  "}, {"c", "%41%"}};
  EXPECT_EQ(read_fields(to_text(fields)), fields);
}

TEST(Fields, RandomValuesComeBack) {
  std::mt19937 random(1);
  for (int round = 0; round < 5000; ++round) {
    Fields fields;
    for (auto i = random() % 5; i > 0; --i)
      fields.emplace_back("n" + std::to_string(i), random_bytes(random, "%\n 0a"));
    ASSERT_EQ(read_fields(to_text(fields)), fields);
  }
}

TEST(Fields, RandomBytesAreReadAsSomethingThatComesBack) {
  std::mt19937 random(2);
  for (int round = 0; round < 5000; ++round) {
    const Fields fields = read_fields(random_bytes(random, "%\n 0a"));
    ASSERT_EQ(read_fields(to_text(fields)), fields);
  }
}

TEST(Fields, EveryCutCostsWholeFieldsAtTheEnd) {
  const Fields fields = {{"source", "command line"}, {"parameters", "a=b\n%c"}, {"end", "1"}};
  const std::string text = to_text(fields);
  for (std::size_t size = 0; size < text.size(); ++size) {
    const Fields cut = read_fields(text.substr(0, size));
    ASSERT_LT(cut.size(), fields.size()) << size;
    EXPECT_TRUE(std::equal(cut.begin(), cut.end(), fields.begin())) << size;
  }
}

TEST(Fields, ALineWithoutABlankIsANameAlone) {
  EXPECT_EQ(read_fields("end\n\n x\n"), (Fields{{"end", ""}, {"", ""}, {"", "x"}}));
}

TEST(Fields, TheFirstOfANameCounts) {
  const Fields fields = {{"a", "1"}, {"a", "2"}};
  EXPECT_EQ(value_of_field(fields, "a"), "1");
  EXPECT_EQ(value_of_field(fields, "b"), "");
}

}  // namespace
}  // namespace driver_override
