// SPDX-License-Identifier: LGPL-2.1-or-later
// Edits of the drop-in that `save` and `forget` keep: what is not asked for stays byte for byte.
#include "tool/saved_file.hpp"

#include <gtest/gtest.h>

#include "parser/rule_parser.hpp"

namespace driver_override {
namespace {

Rule rule(const std::string& text) {
  return parse_rules(text, 0).rules.at(0);
}

Unwanted device(const std::string& text) {
  return [text](const Rule&, const DevicePattern& one) { return one.text == text; };
}

TEST(SavedFile, ARuleIsTheLastLine) {
  EXPECT_EQ(with_rule("# mine\n", rule("pci,00:01.0=x")), "# mine\npci,00:01.0=x\n");
  EXPECT_EQ(with_rule("", rule("platform,a%2cb=none,sticky")), "platform,a%2cb=none,sticky\n");
}

TEST(SavedFile, TheSameDeviceIsNamedOnce) {
  EXPECT_EQ(with_rule("pci,00:01.0,00:02.0=x # two\npci,00:03.0=y\n", rule("pci,00:01.0=z")),
            "pci,00:02.0=x # two\npci,00:03.0=y\npci,00:01.0=z\n");
}

TEST(SavedFile, AnotherBusKeepsItsDevice) {
  EXPECT_EQ(with_rule("spi,a=x\n", rule("platform,a=y")), "spi,a=x\nplatform,a=y\n");
}

TEST(SavedFile, WhatIsNotAskedForStays) {
  const std::string text =
      "# a comment\n\n  pci,00:01.0=x   # "
      "why\npci,00:0z.0=bad\n;;\ndriver_override=pci,00:02.0=y\n";
  EXPECT_EQ(without(text, device("00:09.0")).text, text);
}

TEST(SavedFile, ARuleLeavesItsLineAndTheLineGoesWithTheLastOne) {
  const Edited edited =
      without("pci,00:01.0=x;pci,00:02.0=y # both\npci,00:02.0=z # gone\n", device("00:02.0"));
  EXPECT_EQ(edited.text, "pci,00:01.0=x # both\n");
  EXPECT_EQ(edited.removed, (std::vector<std::string>{"pci,00:02.0=y", "pci,00:02.0=z"}));
}

TEST(SavedFile, ABadRuleIsNeverTaken) {
  const Edited edited = without("pci,00:02.0==x;pci,00:02.0=y\n", device("00:02.0"));
  EXPECT_EQ(edited.text, "pci,00:02.0==x\n");
}

TEST(SavedFile, ALastLineWithoutNewlineGetsOne) {
  EXPECT_EQ(with_rule("pci,00:01.0=x", rule("pci,00:02.0=y")), "pci,00:01.0=x\npci,00:02.0=y\n");
}

}  // namespace
}  // namespace driver_override
