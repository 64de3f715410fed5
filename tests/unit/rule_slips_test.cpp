// SPDX-License-Identifier: LGPL-2.1-or-later
// Slips and doubts: the bytes that the message is about, and what is to be written instead. The
// messages themselves are the golden cases' to hold.
#include "parser/rule_slips.hpp"

#include <gtest/gtest.h>

#include "parser/rule_parser.hpp"

namespace driver_override {
namespace {

/// A rule with a slip, what its first message points at, and the hint.
struct Case {
  std::string_view rule;
  std::string_view pointed_at;
  std::string_view hint;
};

constexpr Case slips[] = {
    {"\"pci,0a:00.0=x\"", "\"", "remove it: write pci,0a:00.0=x"},
    {"`\"pci,0a:00.0=x", "`", "remove it: write pci,0a:00.0=x"},
    {"vfio-pci.ids=10de:1e87", "vfio-pci.ids=", "\"driver-override convert\" prints it as rules"},
    {"0a:00.0 vfio-pci", "0a:00.0 vfio-pci", "write pci,0a:00.0=vfio-pci"},
    {"0a:00.0 =x", "0a:00.0", "the bus is left out: write pci,0a:00.0=x"},
    {"0a:00.0 [0300]", "0a:00.0 [0300]", "write pci,0a:00.0=DRIVER"},
    {"0a:00.0 a=b", "0a:00.0 a=b", "write pci,0a:00.0=DRIVER"},
    {"pci,/sys/bus/pci/devices/0000:0a:00.0=x", "/sys/bus/pci/devices/0000:0a:00.0",
     "write pci,0000:0a:00.0=x"},
    {"/sys/bus/pci/devices/0000:0a:00.0/driver", "/sys/bus/pci/devices/0000:0a:00.0/driver",
     "write pci,0000:0a:00.0=DRIVER"},
    {"/sys/bus/platform/devices/a.0=x,sticky", "/sys/bus/platform/devices/a.0",
     "write platform,a.0=x,sticky"},
    {"/sys/bus/pci/drivers/e1000=x", "/sys/bus/pci/drivers/e1000",
     "\"driver-override list\" shows the names"},
    {"/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/net/eth0=x",
     "/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/net/eth0", "write pci,0000:01:00.0=x"},
    {"/sys/devices/virtual/tty=x", "/sys/devices/virtual/tty",
     "\"driver-override list\" shows the names"},
    {"/dev/nvme0n1 =x", "/dev/nvme0n1",
     "\"driver-override suggest /dev/nvme0n1 DRIVER\" prints a rule for it"},
    {"pci@0000:0a:00.0=x", "@", "write pci,0000:0a:00.0=x"},
    {"pci: 0a:00.0=x", ":", "write pci,0a:00.0=x"},
    {"pci 0a:00.0 vfio-pci", " ", "write pci,0a:00.0=vfio-pci"},
    {"pci@ 0a:00.0", "@", "write pci,0a:00.0=DRIVER"},
    {"pci 0a:00.0 VGA controller", " ", "write pci,0a:00.0=DRIVER"},
    {"pci-0a:00.0=x", "-", "write pci,0a:00.0=x"},
    {"fsl-mc/dpni.3=x", "/", "write fsl-mc,dpni.3=x"},
    {"platform:serial8250=x", ":", "write platform,serial8250=x"},
    {"pci:10de:1e87=x", ":", "write pci,pci:10de:1e87=x"},
    {"pci-10de:1e87=x", "-", "write pci,pci:10de:1e87=x"},
    {"10de:1e87=x", "10de:1e87", "write pci,pci:10de:1e87=x"},
    {"10de:1e87 ,0a:00.0,[10de:1aef]=x", "10de:1e87",
     "write pci,pci:10de:1e87,0a:00.0,pci:10de:1aef=x"},
    {"[10de:1e87=x", "[10de:1e87", "write pci,pci:10de:1e87=x"},
    {"pci,[10de:1e87]=x", "[10de:1e87]", "write pci,pci:10de:1e87=x"},
    {"pci,10de:1e87=x", "10de", "ids are written with pci: in front, as in pci,pci:10de:1e87"},
    {"0a:00.0,0a:00.1=x", "0a:00.0", "the bus is left out: write pci,0a:00.0,0a:00.1=x"},
    {"pci,0a:00.0= vfio-pci,id=10de:1e87", " ",
     "write no blank beside \",\" or \"=\"; %20 stands for one"},
    {"pci,0a:00.0->x", "->", "write pci,0a:00.0=x"},
    {"pci,0a:00.0 -> x", "->", "write pci,0a:00.0=x"},
    {"pci,0a:00.0~>", "~>", "write pci,0a:00.0=DRIVER"},
    {"pci,0a:00.0:x", ":", "write pci,0a:00.0=x"},
    {"pci,0a:00.0,0a:00.1|x", "|", "write pci,0a:00.0,0a:00.1=x"},
    {"pci,0a:00.0 x", " ", "write pci,0a:00.0=x"},
    {"pci,0a:00.0", "", "write pci,0a:00.0=DRIVER"},
    {"pci,0a:00.0,0a:00.1", "", "write pci,0a:00.0,0a:00.1=DRIVER"},
    {"pci,0a:00.0,0a:00.1,vfio-pci", "", "write pci,0a:00.0,0a:00.1=vfio-pci"},
    {"vfio-pci,pci,0a:00.0", "", "write pci,0a:00.0=vfio-pci"},
    {"a,b,pci,0a:00.0", "", ""},
    {"vfio-pci,pci,all", "", ""},
    {"pci,0a:00.0,a.b", "", ""},
    {"pci,a.b,vfio", "", ""},
    {"pci,0a:00.0==x", "=", "write pci,0a:00.0=x"},
    {"pci,0a:00.0==", "=", "write pci,0a:00.0=DRIVER"},
    {"pci,id=10de:1e87=x", "id", "write pci,pci:10de:1e87=x"},
    {"pci,ids=10de:1e87", "ids", "write pci,pci:10de:1e87=DRIVER"},
    {"pci=0a:00.0,0a:00.1,x", "=", "write pci,0a:00.0,0a:00.1=x"},
    {"pci=0a:00.0,0a:00.1", "=", "write pci,0a:00.0,0a:00.1=DRIVER"},
    {"pci=0a:00.0=x", "=", "write pci,0a:00.0=x"},
    {"pci,0a:00.0,0a:00.1,driver=x,sticky", ",driver=", "write pci,0a:00.0,0a:00.1=x,sticky"},
    {"pci,driver=x", "driver", "an address is [domain:]bus:device.function, such as 0000:02:00.0"},
    {"pci,class=0300=x", "class=", "write pci,*:*:*.*=x,class=0300"},
    {"pci,class=0300=", "class=", "write pci,*:*:*.*=DRIVER,class=0300"},
    {"pci,0a:00.0,id=10de:1e87", "id=", "write pci,0a:00.0=DRIVER,id=10de:1e87"},
    {"pci,0a:00.0,id", "id", "write pci,0a:00.0=DRIVER,id="},
    {"pci,module=m=x", "module=", "write pci,DEVICE=x,module=m"},
    {"vfio-pci=0a:00.0", "vfio-pci", "write pci,0a:00.0=vfio-pci"},
    {"pci,0a:00.0=x 0b:00.0=x", " ",
     "write \";\" between two rules, or give each a parameter of its own"},
    {"pci,0a:00.0=x, sticky", " ", "write pci,0a:00.0=x,sticky"},
    {"pci,0a:00.0=x,sticki", "sticki", "did you mean \"sticky\"?"},
    {"pci,0a:00.0=x,", "", "put no blank after the \",\", and no \",\" at the end"},
    {"vfio", "vfio",
     "a rule is BUS,DEVICE=DRIVER, as in pci,0000:02:00.0=pci-stub; only off, 0, no or false may "
     "stand alone"},
    {"0000-0a-00.0", "0000-0a-00.0", "write pci,0000:0a:00.0=DRIVER"},
    {"eno1=vfio-pci", "eno1", "a rule is BUS,DEVICE=DRIVER, as in pci,0000:02:00.0=pci-stub"},
    {"pci_0000_0a_00_0=x", "pci_0000_0a_00_0", "write pci,0000:0a:00.0=x"},
    {"pci,0a.00.0=x", ".00.0", "did you mean \"0a:00.0\"?"},
    {"pci,0a:00.0,0b.00.0=x", ".00.0", "did you mean \"0b:00.0\"?"},
    {"pci,0b.00.0,0a:00.0=x", ".00.0", "did you mean \"0b:00.0\"?"},
    {"pci,nvme0n1,0a:00.0=x", "nvme0n1",
     "if it is an interface or a disk, \"driver-override suggest nvme0n1 DRIVER\" prints a rule "
     "for it"},
    {"pci,0a:00.0-0a:00.3=x", ":00.3", "did you mean \"0a:00.0-3\"?"},
};

constexpr Case doubts[] = {
    {"pci,0a:00.0=>x", ">", "did you mean \"x\"?"},
    {"pci,0a:00.0=x'", "'", "did you mean \"x\"?"},
    {"pci,0a:00.0=x 0b:00.0", " ", "name all devices before \"=\", with \",\" between them"},
    {"pci,0a:00.0=x.ko.zst,sticky", "x.ko.zst", "did you mean \"x\"?"},
    {"pci,0a:00.0=NULL,sticky", "NULL",
     "to keep the device without a driver, write none; to exempt it, write nothing after \"=\""},
    {"pci,0a:00.0,0a:*.1?=x", "0a:*.1?",
     "a field with \"*\" or \"?\" is compared with the padded text"},
    {"pci,0a:00:7=x", "0a:00:7", "did you mean \"0a:00.7\"?"},
    {"pci,0a:00.0=vfio\xE2\x80\x91"
     "pci",
     "\xE2\x80\x91", "did you mean \"vfio-pci\"?"},
};

/// With an offset that is not 0.
void expect_message(const Case& expected) {
  constexpr std::size_t offset = 16;
  const ParsedRules parsed = parse_rules(expected.rule, offset);
  ASSERT_FALSE(parsed.messages.empty()) << expected.rule;
  const Message& message = parsed.messages[0];
  ASSERT_TRUE(message.place) << expected.rule;
  const Span span = message.place->span;
  EXPECT_EQ(expected.rule.substr(span.offset - offset, span.length), expected.pointed_at)
      << expected.rule;
  EXPECT_EQ(message.hint, expected.hint) << expected.rule;
}

TEST(RuleSlips, ArePointedAtByteForByteAndSaidHowToWrite) {
  for (const Case& slip : slips) {
    expect_message(slip);
    EXPECT_TRUE(parse_rules(slip.rule, 0).rules.at(0).bad) << slip.rule;
  }
}

TEST(RuleSlips, OfADoubtfulRuleTheSame) {
  for (const Case& doubt : doubts) {
    expect_message(doubt);
    EXPECT_FALSE(parse_rules(doubt.rule, 0).rules.at(0).bad) << doubt.rule;
  }
}

TEST(RuleSlips, ArePointedAtInTheRuleWhereverItEnds) {
  for (const Case& slip : slips)
    for (std::size_t size = 0; size <= slip.rule.size(); ++size)
      for (const Message& message : parse_rules(slip.rule.substr(0, size), 0).messages) {
        const Span span = message.place ? message.place->span : Span{0, 0};
        EXPECT_LE(span.offset + span.length, size) << slip.rule.substr(0, size) << message.text;
      }
}

TEST(RuleSlips, AListThatSemicolonsSplitIsJoinedUpToTheNextOne) {
  const ParsedRules parsed = parse_rules("pci,0a:00.0;pci,0a:00.1=vfio-pci; pci,00:1.0=x", 0);
  ASSERT_EQ(parsed.messages.size(), 1U);
  EXPECT_EQ(parsed.messages[0].hint,
            "if both get the same driver, write pci,0a:00.0,0a:00.1=vfio-pci");
}

TEST(RuleSlips, ADriversNameIsNotDoubtedWithoutCause) {
  for (const char* driver : {"a:b", "a.b", "a b", "mlx5_core.eth", "x.kobold"})
    EXPECT_TRUE(parse_rules(std::string("pci,0a:00.0=") + driver, 0).messages.empty()) << driver;
}

TEST(RuleSlips, APatternForTheFirstOrLastOfAFieldIsNotDoubted) {
  for (const char* slot : {"pci,00*:00*.0*=x", "pci,ff*:1f*.7*=x"})
    EXPECT_TRUE(parse_rules(slot, 0).messages.empty()) << slot;
  for (const char* slot : {"pci,100*:00*.0*=x", "pci,00*:20*.0*=x", "pci,00*:00*.8*=x"})
    EXPECT_FALSE(parse_rules(slot, 0).messages.empty()) << slot;
}

TEST(RuleSlips, AColonBeforeASlotIsNotDoubted) {
  for (const char* slot : {"pci,000a:00:0=x", "pci,0a:00:00=x", "pci,0a:00:8=x", "pci,00:0a:0=x"})
    EXPECT_TRUE(parse_rules(slot, 0).messages.empty()) << slot;
}

}  // namespace
}  // namespace driver_override
