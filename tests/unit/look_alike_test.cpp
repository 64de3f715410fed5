// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/look_alike.hpp"

#include <gtest/gtest.h>

#include "parser/respelled_address.hpp"

namespace driver_override {
namespace {

TEST(LookAlike, IsFoundWithItsPlace) {
  const auto one = find_look_alike("vfio\u2011pci");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->at, 4U);
  EXPECT_EQ(one->length, 3U);
  EXPECT_EQ(to_text(*one), "U+2011 only looks like the ASCII character \"-\"");
  EXPECT_EQ(to_text(*find_look_alike("a\u200bb")), "U+200B is a character that cannot be seen");
}

TEST(LookAlike, IsFoundBehindAByteThatIsNoCharacter) {
  EXPECT_EQ(find_look_alike("\xe9\xef\xbc\x9a").value().at, 1U);
  EXPECT_EQ(find_look_alike("\xff\xd1\x96").value().at, 1U);
}

TEST(LookAlike, IsNoOrdinaryLetterOfAName) {
  EXPECT_FALSE(find_look_alike("CAF\u00c9 NAND"));
  EXPECT_FALSE(find_look_alike("vfio-pci"));
  EXPECT_FALSE(find_look_alike("\xff\xfe\x80"));
  EXPECT_FALSE(find_look_alike("\xe2\x80"));
}

TEST(LookAlike, BecomesAscii) {
  EXPECT_EQ(without_look_alikes("\u201cpci,0a\uff1a00\u20240=vfi\u043e\u2013pci\u201d"),
            "\"pci,0a:00.0=vfio-pci\"");
}

TEST(RespelledAddress, TakesOtherMarks) {
  EXPECT_EQ(respelled_address("pci_0000_0a_00_0"), "0000:0a:00.0");
  EXPECT_EQ(respelled_address("0a.00.0"), "0a:00.0");
  EXPECT_EQ(respelled_address("0x0a:0x00.0x0"), "0a:00.0");
  EXPECT_EQ(respelled_address("0000:0a:00:1"), "0000:0a:00.1");
  EXPECT_EQ(respelled_address("0000-0a-00"), "0000:0a:00");
}

TEST(RespelledAddress, IsEmptyForOtherTexts) {
  for (const char* text : {"", "eno1", "all", "10de:1e87", "0a:00.0", "0a", "pci", "0a:00.9"})
    EXPECT_EQ(respelled_address(text), "") << text;
}

TEST(RespelledRange, TakesDotsAndBothEndsInFull) {
  EXPECT_EQ(respelled_range("0a:00.0..3"), "0a:00.0-3");
  EXPECT_EQ(respelled_range("0000:0a:00.0-0000:0a:00.3"), "0000:0a:00.0-3");
  EXPECT_EQ(respelled_range("0a:00.0..0a:03.0"), "0a:00-03.0");
  EXPECT_EQ(respelled_range("0a:00-0a:03"), "0a:00-03");
}

TEST(RespelledRange, IsEmptyForWhatNoRangeSays) {
  for (const char* text : {"", "-", "..", "0a:00.0", "0a:00.0-", "0a:00.0..", "0a:00.0-3",
                           "0a-0b:00.0", "eth0..3", "0a:00.0-0b:00.0", "0a:00.0-0a:03.1",
                           "0a:00-0a:00", "0a:00-0a:00.1", "0a:00.0..9", "pci-stub"})
    EXPECT_EQ(respelled_range(text), "") << text;
}

}  // namespace
}  // namespace driver_override
