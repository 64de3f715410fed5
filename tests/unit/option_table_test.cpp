// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/option_table.hpp"

#include <gtest/gtest.h>

namespace driver_override {
namespace {

using Strings = std::vector<std::string>;

/// A table with one option of each kind, and what it has read.
class OptionTableTest : public testing::Test {
 protected:
  OptionTableTest() {
    table_.add_flag("force", force_, "a flag");
    table_.add_flag("all", all_, "in place of words");
    const auto take = [this](const std::string& text) {
      text_ = text;
      return text == "bad" ? std::string("--text: bad") : std::string();
    };
    const auto add = [this](const std::string& text) {
      many_.push_back(text);
      return std::string();
    };
    table_.add_value("text", "TEXT", take, "a value");
    table_.add_value("text-file", "FILE", add, "values", OptionTable::Count::often);
  }

  void take_words(std::size_t least = 0) { table_.add_words("WORD", words_, "words", least); }

  OptionTable::Outcome read(Strings arguments) {
    arguments.insert(arguments.begin(), "command");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    return table_.read(static_cast<int>(arguments.size()), argv.data());
  }
  std::string fault(const Strings& arguments) { return read(arguments).fault; }

  OptionTable table_;
  bool force_ = false;
  bool all_ = false;
  std::string text_;
  Strings many_;
  Strings words_;
};

TEST_F(OptionTableTest, OptionsAndWordsComeInAnyOrder) {
  take_words(2);
  EXPECT_EQ(fault({"a", "--text", "t", "--force", "b", "--text-file=", "--text-file", "--", "--",
                   "--all", "-h"}),
            "");
  EXPECT_TRUE(force_);
  EXPECT_FALSE(all_);
  EXPECT_EQ(text_, "t");
  EXPECT_EQ(many_, (Strings{"", "--"}));
  EXPECT_EQ(words_, (Strings{"a", "b", "--all", "-h"}));
}

TEST_F(OptionTableTest, OrderDoesNotDependOnTheEnvironment) {
  take_words();
  ASSERT_EQ(::setenv("POSIXLY_CORRECT", "1", 1), 0);
  EXPECT_EQ(fault({"a", "--force"}), "");
  EXPECT_EQ(::unsetenv("POSIXLY_CORRECT"), 0);
  EXPECT_TRUE(force_);
  EXPECT_EQ(words_, Strings{"a"});
}

TEST_F(OptionTableTest, IsReadAnewEachTime) {
  take_words();
  EXPECT_EQ(fault({"--forc", "a"}), "unknown option \"--forc\"");
  EXPECT_EQ(fault({"--force", "a"}), "");
  EXPECT_EQ(words_, Strings{"a"});
}

TEST_F(OptionTableTest, NothingIsAbbreviated) {
  for (const char* option : {"--f", "--forc", "--tex=x", "--te", "-f", "-text"}) {
    const OptionTable::Outcome outcome = read({option, "x"});
    EXPECT_EQ(outcome.fault.rfind("unknown option \"-", 0), 0U) << option << ": " << outcome.fault;
  }
  EXPECT_EQ(read({"--forc"}).hint, "did you mean \"--force\"?");
  EXPECT_EQ(read({"--nothing-like-it"}).hint, "");
  EXPECT_FALSE(force_);
  EXPECT_EQ(text_, "");
}

TEST_F(OptionTableTest, FaultsAreNamed) {
  EXPECT_EQ(fault({"--text"}), "--text needs TEXT");
  EXPECT_EQ(fault({"--force=1"}), "--force takes no value");
  EXPECT_EQ(fault({"--text", "bad"}), "--text: bad");
  EXPECT_EQ(fault({"word"}), "unexpected word \"word\"");
  EXPECT_EQ(fault({"--", "word"}), "unexpected word \"word\"");
  EXPECT_EQ(fault({"-"}), "unexpected word \"-\"");
  EXPECT_EQ(fault({"--e\x1bvil"}), "unknown option \"--e%1Bvil\"");
}

TEST_F(OptionTableTest, AValueIsGivenOnce) {
  EXPECT_EQ(fault({"--text=a", "--text", "b"}), "--text is given more than once");
  EXPECT_EQ(text_, "a");
}

TEST_F(OptionTableTest, WhatExcludesEachOtherIsRefused) {
  take_words();
  table_.exclude("all", "WORD");
  table_.exclude("text", "text-file");
  EXPECT_EQ(fault({"--all", "x"}), "--all and WORD exclude each other");
  EXPECT_EQ(fault({"--text=a", "--text-file=b"}), "--all and WORD exclude each other")
      << "what was given stays given";
}

TEST_F(OptionTableTest, WordsCanBeRequired) {
  take_words(2);
  EXPECT_EQ(fault({"a"}), "expected WORD");
}

TEST_F(OptionTableTest, AWholeIsCheckedIfItsPartsAreSound) {
  int checks = 0;
  table_.add_check([&] {
    ++checks;
    return std::string(force_ ? "not by force" : "");
  });
  EXPECT_EQ(fault({"--text"}), "--text needs TEXT");
  EXPECT_EQ(checks, 0);
  EXPECT_EQ(fault({}), "");
  EXPECT_EQ(fault({"--force"}), "not by force");
  EXPECT_EQ(checks, 2);
}

TEST_F(OptionTableTest, HelpEndsTheReading) {
  for (const char* option : {"-h", "--help"}) {
    const OptionTable::Outcome outcome = read({"--force", option, "--nonsense", "word"});
    EXPECT_TRUE(outcome.wants_help);
    EXPECT_EQ(outcome.fault, "");
  }
}

TEST_F(OptionTableTest, HelpNamesEverything) {
  take_words(1);
  testing::internal::CaptureStdout();
  table_.print_help("walk", "go on foot");
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "driver-override walk: go on foot\n\n"
            "Usage: driver-override walk [OPTION…] WORD…\n\n"
            "  WORD                  words\n\n"
            "Options:\n"
            "  --force               a flag\n"
            "  --all                 in place of words\n"
            "  --text TEXT           a value\n"
            "  --text-file FILE      values\n"
            "  -h, --help            print this help\n");
}

}  // namespace
}  // namespace driver_override
