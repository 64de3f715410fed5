// SPDX-License-Identifier: LGPL-2.1-or-later
// The rules in force, saved and read back: all of them, or none and an error.
#include "hook/rules_in_force.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <random>

#include "tests/temporary_root.hpp"

namespace driver_override {
namespace {

using namespace std::string_literals;

constexpr const char* saved = "run/driver-override/rules";

class RulesInForceTest : public testing::Test {
 protected:
  /// Reads the configuration of the root and saves it.
  Configuration save() {
    Configuration configuration = read_configuration(files_.root(), {});
    save_rules_in_force(files_.root(), configuration, error_);
    EXPECT_FALSE(error_) << error_.message();
    return configuration;
  }
  std::optional<Configuration> read() { return read_rules_in_force(files_.root(), error_); }

  /// All that is said of a configuration, as lines.
  static std::vector<std::string> all_of(const Configuration& configuration) {
    std::vector<std::string> lines = {configuration.enabled ? "enabled" : "switched off",
                                      configuration.command_line};
    for (std::size_t i = 0; i < configuration.rules.size(); ++i) {
      const Rule& rule = configuration.rules[i];
      lines.push_back(configuration.sources[configuration.rule_sources[i]].name + " " +
                      std::to_string(rule.span.offset) + "+" + std::to_string(rule.span.length) +
                      (rule.bad ? " bad " : " ") + rule.text + " -> " + rule.driver);
    }
    for (const Message& message : configuration.messages)
      for (const std::string& line : render(configuration, message)) lines.push_back(line);
    return lines;
  }
  void expect_the_same_back() {
    const Configuration configuration = save();
    const auto back = read();
    ASSERT_TRUE(back.has_value()) << error_.message();
    EXPECT_EQ(all_of(*back), all_of(configuration));
  }

  TemporaryRoot files_;
  std::error_code error_;
};

TEST_F(RulesInForceTest, WhereNothingWasSavedThatIsNoError) {
  EXPECT_FALSE(read());
  EXPECT_FALSE(error_);
}

TEST_F(RulesInForceTest, RulesOffsetsAndFindingsComeBack) {
  files_.put("etc/driver-override.d/a.conf", "# x\n  pci,00:11.0=a  # why\npci,00:1g.0=b\n");
  files_.put("usr/lib/driver-override.d/b.conf", "platform,caf\xE9=a\n");
  files_.put("etc/initrd-release", "");
  files_.put("etc/cmdline", "driver_override=pci,00:12.0=b quiet\n");
  files_.put("proc/cmdline",
             "quiet driver_override=\"pci,00:1?.0=x;pci,,=y\" pci=noaer,driver[00:1.0]=z\n");
  expect_the_same_back();
}

/// Each line comes with its source, so the saved file is far larger than the one that was read.
TEST_F(RulesInForceTest, AsManyAsAFileHoldsComeBack) {
  std::string rules;
  for (int number = 0; number < 11000; ++number)
    rules += "pci,0000:ab:1f.7=some-driver-" + std::to_string(number) + "\n";
  files_.put("etc/driver-override.d/50-virtualization.conf", rules);
  save();
  EXPECT_GT(std::filesystem::file_size(files_.path(saved)), read_limit);
  const auto back = read();
  ASSERT_TRUE(back.has_value()) << error_.message();
  EXPECT_EQ(back->rules.size(), 11000U);
  EXPECT_EQ(back->rules.back().driver, "some-driver-10999");
}

TEST_F(RulesInForceTest, MoreThanCanBeReadBackIsNotSaved) {
  Configuration configuration;
  configuration.sources.push_back({"argument", std::string(rules_in_force_limit, 'x')});
  save_rules_in_force(files_.root(), configuration, error_);
  EXPECT_EQ(error_, std::errc::file_too_large);
  EXPECT_FALSE(are_rules_in_force_saved(files_.root()));
}

TEST_F(RulesInForceTest, NonsenseOfAnyLengthIsNotReadToItsEnd) {
  files_.put(saved, "");
  std::filesystem::resize_file(files_.path(saved), std::uintmax_t{1} << 40U);
  EXPECT_FALSE(read());
  EXPECT_EQ(error_, std::errc::file_too_large);
}

TEST_F(RulesInForceTest, TheKillSwitchComesBack) {
  files_.put("proc/cmdline", "driver_override=pci,00:11.0=a x=\"y driver_override=Off\"\n");
  expect_the_same_back();
  EXPECT_FALSE(read()->enabled);
}

TEST_F(RulesInForceTest, WhatCouldNotBeReadComesBack) {
  std::filesystem::create_directories(files_.path("etc/driver-override.d/folder.conf"));
  files_.put("proc/cmdline", "driver_override=pci,00:11.0=a\n");
  expect_the_same_back();
  EXPECT_TRUE(has_configuration_errors(*read()));
}

// A rule stands in its place, and would hold others back elsewhere.
TEST_F(RulesInForceTest, AnUnreadableFileComesBackInItsPlace) {
  files_.put("etc/driver-override.d/10.conf", "pci,00:1?.0=a\n");
  std::filesystem::create_symlink("nowhere", files_.path("etc/driver-override.d/20.conf"));
  files_.put("etc/driver-override.d/30.conf", "pci,00:1?.0=b\n");
  expect_the_same_back();
  EXPECT_TRUE(read()->rules.at(1).lost);
}

TEST_F(RulesInForceTest, AnUnreadableCommandLineSwitchesOffHereToo) {
  std::filesystem::create_directories(files_.path("proc/cmdline"));
  files_.put("etc/driver-override.d/10.conf", "pci,00:10.0=a\n");
  expect_the_same_back();
  EXPECT_FALSE(read()->enabled);
}

TEST_F(RulesInForceTest, ALineThatMayBeCutStaysOne) {
  std::string line = "driver_override=pci,00:11.0=a driver_override=platform,";
  files_.put("proc/cmdline", line + std::string(2047 - line.size(), 'x'));
  expect_the_same_back();
  EXPECT_TRUE(read()->rules.back().bad);
}

TEST_F(RulesInForceTest, BytesThatAreNoTextComeBack) {
  const std::string bytes = "driver_override=platform,\x80\xFF%0a%00\x01=a\0b"s;
  files_.put("proc/cmdline", bytes + " driver_override=platform,\xC3\xBC%80=a\n");
  files_.put("etc/driver-override.d/a\nb\xFF.conf", "platform,x\0y=a\r\n"s);
  expect_the_same_back();
}

TEST_F(RulesInForceTest, RandomLinesComeBack) {
  constexpr std::string_view likely = "driver_override=pci,00:1.*?[];=\"% \n\x80";
  std::mt19937 random(1);
  for (int round = 0; round < 100; ++round) {
    std::string line = "driver_override=";
    for (auto i = random() % 200; i > 0; --i)
      line += random() % 4 == 0 ? static_cast<char>(random()) : likely[random() % likely.size()];
    files_.put("proc/cmdline", line);
    files_.put("etc/driver-override.d/a.conf", line.substr(16));
    expect_the_same_back();
  }
}

TEST_F(RulesInForceTest, ACutFileIsAnErrorAndNeverAShorterList) {
  files_.put("etc/driver-override.d/a.conf", "pci,00:1?.0=a\npci,00:12.0=\n");
  files_.put("proc/cmdline", "driver_override=pci,00:13.0=b\n");
  save();
  const std::string text = files_.get(saved);
  for (std::size_t size = 0; size < text.size(); ++size) {
    files_.put(saved, text.substr(0, size));
    EXPECT_FALSE(read()) << size;
    EXPECT_TRUE(error_) << size;
  }
}

TEST_F(RulesInForceTest, AFileWithoutOneOfItsLinesIsAnError) {
  files_.put("etc/driver-override.d/a.conf", "pci,00:1?.0=a\npci,00:12.0=\n");
  files_.put("proc/cmdline", "driver_override=pci,00:13.0=b\n");
  save();
  const std::string text = files_.get(saved);
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    std::string shorter = text;
    files_.put(saved, shorter.erase(at, text.find('\n', at) + 1 - at));
    EXPECT_FALSE(read()) << shorter;
    EXPECT_TRUE(error_) << shorter;
  }
  for (const char* pair : {"source /etc/driver-override.d/a.conf:2\ndrop-in pci,00:12.0=\n"}) {
    std::string shorter = text;
    files_.put(saved, shorter.erase(text.find(pair), std::string(pair).size()));
    EXPECT_FALSE(read()) << shorter;
    EXPECT_TRUE(error_) << shorter;
  }
}

TEST_F(RulesInForceTest, GarbageIsAnError) {
  for (const std::string& text :
       {std::string(), std::string("\n"), std::string("end\n"), std::string("end 1\n"),
        std::string("garbage\nend 0\n"), std::string("drop-in pci,00:11.0=a\nend 1\n"),
        std::string("source x\nend 0\n"), std::string("source x\nnews y\nend 1\n"),
        std::string("source x\nsource y\ndrop-in z\nend 1\n"), std::string(100, '\0'),
        std::string("source x\ndrop-in y\nend 1\nx\n"), std::string("end 0\nend 0\n"),
        std::string((1U << 20U) + 1U, '\n'), std::string("\xFF\xFE\n")}) {
    files_.put(saved, text);
    EXPECT_FALSE(read()) << text.substr(0, 80);
    EXPECT_TRUE(error_) << text.substr(0, 80);
  }
}

TEST_F(RulesInForceTest, RandomFilesAreRulesOrAnError) {
  constexpr std::string_view likely = "source drop-in parameters end 1\n%0a";
  std::mt19937 random(2);
  for (int round = 0; round < 1000; ++round) {
    std::string text;
    for (auto i = random() % 100; i > 0; --i) text += likely[random() % likely.size()];
    files_.put(saved, text);
    const bool is_there = read().has_value();
    EXPECT_EQ(is_there, !error_) << text;
  }
}

TEST_F(RulesInForceTest, WhatIsNoFileIsAnError) {
  std::filesystem::create_directories(files_.path(saved));
  EXPECT_FALSE(read());
  EXPECT_EQ(error_, std::errc::is_a_directory);
}

TEST_F(RulesInForceTest, UdevIsToldOfRulesThatAreKeptAndNotSwitchedOff) {
  const std::string udev = "run/udev/rules.d/05-driver-override.rules";
  const Log log(files_.root(), false);
  const auto put = [&](const std::string& line) {
    files_.put("proc/cmdline", line);
    return put_rules_in_force(files_.root(), read_configuration(files_.root(), {}), log);
  };
  EXPECT_TRUE(put("driver_override=pci,00:11.0=a\n"));
  EXPECT_NE(files_.get(udev).find("0000:00:11.0"), std::string::npos);
  EXPECT_TRUE(put("driver_override=pci,00:12.0=a driver_override=off\n"));
  EXPECT_EQ(files_.get(udev), "");
  ASSERT_TRUE(put("driver_override=pci,00:11.0=a\n"));
  std::filesystem::remove(files_.path() / "run/driver-override/rules");
  std::filesystem::create_directory(files_.path() / "run/driver-override/rules");
  EXPECT_FALSE(put("driver_override=pci,00:12.0=a\n"));
  EXPECT_EQ(files_.get(udev), "");
}

TEST_F(RulesInForceTest, OfTheRootsOwnOnlyLinesThatTheImageLacksAreLate) {
  files_.put("proc/cmdline", "driver_override=pci,00:10.0=x\n");
  files_.put("etc/driver-override.d/a.conf", "pci,00:11.0=a\npci,00:12.0=b\n");
  save();
  files_.put("etc/driver-override.d/a.conf", "pci,00:11.0=a\npci,00:12.0=c\npci,00:13.0=d\n");
  files_.put("etc/driver-override.d/b.conf", "pci,00:11.0=a\n");
  const Configuration own = read_own_rules_in_force(files_.root(), read());
  std::vector<std::string> names;
  for (const Source& source : own.sources) {
    EXPECT_TRUE(source.late) << source.name;
    names.push_back(source.name + " " + source.text);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"/etc/driver-override.d/a.conf:2 pci,00:12.0=c",
                                             "/etc/driver-override.d/a.conf:3 pci,00:13.0=d",
                                             "/etc/driver-override.d/b.conf:1 pci,00:11.0=a"}));
  EXPECT_EQ(own.rules.size(), 3U);
}

TEST_F(RulesInForceTest, NewRulesReplaceTheOldOnesAndNoneAreSavedToo) {
  files_.put("proc/cmdline", "driver_override=pci,00:11.0=a\n");
  save();
  files_.put("proc/cmdline", "driver_override=pci,00:12.0=b\n");
  save();
  EXPECT_EQ(read()->rules.at(0).text, "pci,00:12.0=b");
  files_.put("proc/cmdline", "quiet\n");
  save();
  const auto none = read();
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->rules.empty());
  EXPECT_TRUE(none->enabled);
}

}  // namespace
}  // namespace driver_override
