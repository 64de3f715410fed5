// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/stray_rule.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "parser/command_line.hpp"
#include "parser/drop_in_line.hpp"

namespace driver_override {
namespace {

const std::string before = "driver_override=pci,00:*.*=a";

/// What is said of the words behind a wildcard, of which something is lost.
std::string said_behind_rules(const std::string& words) {
  const ParsedRules parsed = parse_command_line(before + words);
  if (parsed.rules.size() != 2 || !parsed.rules[1].lost || parsed.messages.size() != 1) return "?";
  return parsed.messages[0].text;
}

TEST(StrayRule, BehindABlank) {
  EXPECT_EQ(said_behind_rules(" pci,00:12.1="),
            "a rule stands outside driver_override=: \"pci,00:12.1=\"");
  for (const char* words : {" ;pci,00:12.1=", " \"pci,00:12.1=\"", " platform,foo.1=", " 00:12.1=",
                            " ,00:12.1=", " pci,00:12.1=b,class=02", " *:12.1=", " ver[00:12.1]="})
    EXPECT_NE(said_behind_rules(words), "?") << words;
}

TEST(StrayRule, BehindAnotherName) {
  for (const char* words :
       {" override=pci,00:12.1=", " device_override=pci,00:12.1=", " driver override=pci,00:12.1=",
        " dri ver_override=css,0.0.1=", " driver=override=pci,00:12.1=", " driver=\"pci,00:12.1=\"",
        " x='pci,00:12.1='"})
    EXPECT_NE(said_behind_rules(words), "?") << words;
}

TEST(StrayRest, RightBehindRules) {
  EXPECT_EQ(said_behind_rules(" class=02"),
            "a blank parts \"class=02\" from the rule that it belongs to");
  for (const char* words : {" ,class=02", " id=8086:1010", " norebind", " ,x", " ;x"})
    EXPECT_NE(said_behind_rules(words), "?") << words;
  EXPECT_EQ(parse_command_line("ro class=02 ,x sticky " + before).messages.size(), 0U);
  EXPECT_EQ(parse_command_line(before + " ro class=02").messages.size(), 0U);
}

TEST(StrayRule, AWordBehindLostTextIsNotToldTwice) {
  EXPECT_EQ(parse_command_line("driver_override pci,00:12.1= class=02").messages.size(), 1U);
}

TEST(StrayRule, WordsOfOthers) {
  EXPECT_TRUE(
      parse_command_line(
          before +
          " root=UUID=a:b console=ttyS0,115200 rootflags=rw,subvol=@ BOOTIF=01-aa-bb "
          "ip=10.0.0.2::10.0.0.1:255.255.255.0::eth0:off earlycon=pciserial,00:18.1 reboot=pci "
          "kexec=\"quiet driver_override=pci,00:12.1= pci,00:12.1=\" video=efifb:off rd.luks=no "
          "pci=resource_alignment=20@00:1f.0 pci=disable_acs_redir=00:1f.0;pci:8086:1,noaer "
          "vfio-pci.ids=10de:2204,10de:1aef memmap=12M$0x1000 override=y 1:2 pci,x")
          .messages.empty());
}

TEST(StrayRule, InThePciParameter) {
  for (const char* words : {" pci=00:12.1=", " pci=pci,00:12.1=", " pci=noaer,00:12.1=b"})
    EXPECT_NE(said_behind_rules(words), "?") << words;
  for (const char* value : {"driver[00:11.0]=a,clas=02", "driver[00:11.0]=a,Class=02",
                            "driver[00:11.0]=a,nrebind", "driver[00:11.0]=,00:12.1="})
    EXPECT_FALSE(parse_drop_in_line(std::string("pci=") + value, 0).messages.empty()) << value;
}

}  // namespace
}  // namespace driver_override
