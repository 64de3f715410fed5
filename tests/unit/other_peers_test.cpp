// SPDX-License-Identifier: LGPL-2.1-or-later
// udev's rules, and the parameters of Xen and Qubes, as rules of ours.
#include <gtest/gtest.h>

#include "tests/temporary_root.hpp"
#include "tool/advice/peer_claims.hpp"

namespace driver_override {
namespace {

using Texts = std::vector<std::string>;

/// Claims as "RULE (PEER, PLACE)", then messages.
Texts said(const PeerClaims& peers) {
  Texts texts;
  for (const PeerClaim& claim : peers.claims)
    texts.push_back(to_text(claim.rule) + " (" + claim.peer + ", " + claim.place + ")");
  for (const Message& message : peers.messages) texts.push_back(message.text);
  return texts;
}

Texts of_rules(const std::string& text) {
  TemporaryRoot root;
  root.put("etc/udev/rules.d/10-vfio.rules", text);
  return said(read_peer_claims(root.root(), {}));
}

Texts of_line(const std::string& line) {
  return said(read_peer_claims({{"command line", line}}));
}

const std::string first_line = " (udev, /etc/udev/rules.d/10-vfio.rules:1)";

TEST(UdevOverrides, NameADevice) {
  EXPECT_EQ(of_rules("ACTION==\"add\", SUBSYSTEM==\"pci\", KERNEL==\"0000:0a:00.0\", "
                     "ATTR{driver_override}=\"vfio-pci\"\n"),
            (Texts{"pci,0000:0a:00.0=vfio-pci" + first_line}));
  EXPECT_EQ(
      of_rules("KERNEL==\"0000:0a:00.0|0000:0a:00.1\" ATTR{driver_override}=\"vfio-pci\""),
      (Texts{"pci,0000:0a:00.0=vfio-pci" + first_line, "pci,0000:0a:00.1=vfio-pci" + first_line}));
  EXPECT_EQ(of_rules("SUBSYSTEM==\"platform\",KERNEL==\"fe0*.gpu\",ATTR{driver_override}=\"x\""),
            (Texts{"platform,fe0*.gpu=x" + first_line}));
}

TEST(UdevOverrides, NameIdsAndClasses) {
  EXPECT_EQ(of_rules("SUBSYSTEM==\"pci\", ATTR{vendor}==\"0x10de\", ATTR{device}==\"0x1e87\", "
                     "ATTR{driver_override}=\"vfio-pci\""),
            (Texts{"pci,pci:10de:1e87=vfio-pci" + first_line}));
  EXPECT_EQ(of_rules("SUBSYSTEM==\"pci\", KERNEL==\"0000:0a:00.0\", ATTR{vendor}==\"0x10de\", "
                     "ATTR{device}==\"0x1e87\", ATTR{driver_override}=\"vfio-pci\""),
            (Texts{"pci,0000:0a:00.0=vfio-pci,id=10de:1e87" + first_line}));
  EXPECT_EQ(of_rules("SUBSYSTEM==\"pci\", ATTR{vendor}==\"0x10de\", ATTR{class}==\"0x0300*\", "
                     "ATTR{driver_override}=\"vfio-pci\""),
            (Texts{"pci,pci:10de:*=vfio-pci,class=0300" + first_line}));
}

TEST(UdevOverrides, AreReadAsUdevReadsThem) {
  EXPECT_EQ(of_rules("# ATTR{driver_override}=\"no\"\n\nSUBSYSTEM==\"pci\", \\\n"
                     "KERNEL==\"0000:0a:00.0\", ATTR{driver_override}=\"x\"\n"),
            (Texts{"pci,0000:0a:00.0=x (udev, /etc/udev/rules.d/10-vfio.rules:3)"}));
  EXPECT_EQ(of_rules("ATTR{driver_override}==\"vfio-pci\", RUN+=\"/bin/true\"\n"), (Texts{}));
  EXPECT_EQ(of_rules("SUBSYSTEM==\"pci\", ATTR{driver_override}=\"unclosed\n"), (Texts{}));
}

TEST(UdevOverrides, TellWhatARuleCannotSay) {
  EXPECT_EQ(of_rules("SUBSYSTEM==\"pci\", KERNEL==\"0000:0a:00.0\", ENV{X}==\"1\", "
                     "ATTR{driver_override}=\"x\""),
            (Texts{"/etc/udev/rules.d/10-vfio.rules:1: the condition \"ENV{X}\"==\"1\" cannot be "
                   "said as a rule"}));
  EXPECT_EQ(of_rules("SUBSYSTEM==\"pci\", ATTR{driver_override}=\"x\""),
            (Texts{"/etc/udev/rules.d/10-vfio.rules:1: the line names no device"}));
  EXPECT_EQ(of_rules("KERNEL==\"gpu\", ATTR{driver_override}=\"x\""),
            (Texts{"/etc/udev/rules.d/10-vfio.rules:1: the line names no bus"}));
}

TEST(HiddenDevices, OfXenAndQubes) {
  EXPECT_EQ(of_line("xen-pciback.hide=(0000:02:00.0)(03:00.*)"),
            (Texts{"pci,0000:02:00.0=pciback (xen-pciback.hide=, command line, byte 18)",
                   "pci,03:00.*=pciback (xen-pciback.hide=, command line, byte 32)"}));
  EXPECT_EQ(of_line("quiet rd.qubes.hide_pci=02:00.0,03:00.1"),
            (Texts{"pci,02:00.0=pciback (rd.qubes.hide_pci=, command line, byte 24)",
                   "pci,03:00.1=pciback (rd.qubes.hide_pci=, command line, byte 32)"}));
  EXPECT_EQ(of_line("rd.qubes.hide_pci=").size(), 0U);
  EXPECT_EQ(of_line("rd.qubes.hide_pci=eno1").size(), 1U);
}

}  // namespace
}  // namespace driver_override
