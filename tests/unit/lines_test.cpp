// SPDX-License-Identifier: LGPL-2.1-or-later
// Files cut into lines, whatever they hold.
#include "tool/machine/lines.hpp"

#include <vector>

#include "tests/unit/device_root.hpp"

namespace driver_override {
namespace {

using namespace std::string_literals;
using Texts = std::vector<std::string>;

class LinesTest : public DeviceRoot {
 protected:
  Texts lines() {
    Texts found;
    for_each_line(
        root(), "file", [&](std::string_view line) { found.emplace_back(line); }, error_);
    return found;
  }
  Texts lines_of(const std::string& text) {
    put("file", text);
    return lines();
  }
  std::error_code error_;
};

TEST_F(LinesTest, EndWithANewlineOrTheFile) {
  EXPECT_EQ(lines_of(""), Texts{});
  EXPECT_EQ(lines_of("\n"), Texts{""});
  EXPECT_EQ(lines_of("a\n\nb"), (Texts{"a", "", "b"}));
  EXPECT_EQ(lines_of("a\r\n\0\xff\n"s), (Texts{"a\r", "\0\xff"s}));
}

TEST_F(LinesTest, AFileAboveAMegabyteIsReadToItsEnd) {
  std::string text;
  while (text.size() < (3U << 20U)) text += "eth0\t00000000\n";
  const Texts found = lines_of(text + "last");
  EXPECT_EQ(found.size(), text.size() / 14 + 1);
  EXPECT_EQ(found.back(), "last");
  EXPECT_FALSE(error_);
}

TEST_F(LinesTest, TheEndOfALongLineIsDropped) {
  const std::string whole(longest_line, 'x');
  EXPECT_EQ(lines_of(whole + "\nb"), (Texts{whole, "b"}));
  EXPECT_EQ(lines_of(whole + std::string(1U << 20U, 'y') + "\nb"), (Texts{whole, "b"}));
}

TEST_F(LinesTest, WhatCannotBeReadIsAnError) {
  EXPECT_EQ(lines(), Texts{});
  EXPECT_EQ(error_, std::errc::no_such_file_or_directory);
  folder("file");
  EXPECT_EQ(lines(), Texts{});
  EXPECT_EQ(error_, std::errc::is_a_directory);
}

}  // namespace
}  // namespace driver_override
