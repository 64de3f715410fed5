// SPDX-License-Identifier: LGPL-2.1-or-later
// What /proc/iomem says of the boot framebuffer, whatever it holds.
#include "tool/machine/framebuffer.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace driver_override {
namespace {

std::string_view holder_of(std::string_view device, std::string_view iomem) {
  return find_framebuffer(iomem, device);
}

TEST(Framebuffers, LieInTheBarThatIsAboveThem) {
  const std::string iomem =
      "80000000-bfffffff : PCI Bus 0000:00\n"
      "  80000000-81ffffff : PCI Bus 0000:01\n"
      "    80000000-80ffffff : 0000:01:00.0\n"
      "      80000000-807e8fff : efifb\n"
      "    81000000-81003fff : 0000:01:00.1\n"
      "  82000000-82ffffff : 0000:00:02.0\n";
  EXPECT_EQ(holder_of("0000:01:00.0", iomem), "efifb");
  EXPECT_EQ(holder_of("0000:01:00.1", iomem), "");
  EXPECT_EQ(holder_of("0000:00:02.0", iomem), "");
}

TEST(Framebuffers, TheDriverIsNamedBeforeTheFirmware) {
  EXPECT_EQ(holder_of("0000:00:02.0",
                      "  d0000000-dfffffff : 0000:00:02.0\n"
                      "    d0000000-d07e8fff : BOOTFB\n"
                      "      d0000000-d07e8fff : simpledrm\n"),
            "simpledrm");
  EXPECT_EQ(holder_of("0000:00:02.0",
                      "  d0000000-dfffffff : 0000:00:02.0\n"
                      "    d0000000-d07e8fff : BOOTFB\n"),
            "BOOTFB");
}

TEST(Framebuffers, AnAddressOfZeroHidesNothing) {
  EXPECT_EQ(holder_of("0000:01:00.0",
                      "00000000-00000000 : PCI Bus 0000:01\n"
                      "  00000000-00000000 : 0000:01:00.0\n"
                      "    00000000-00000000 : vesafb\n"
                      "  00000000-00000000 : 0000:01:00.1\n"),
            "vesafb");
}

TEST(Framebuffers, BelowTheFifthLevelNothingIsIndentedFurther) {
  const std::string deep =
      "0-0 : PCI Bus 0000:00\n"
      "  0-0 : PCI Bus 0000:01\n"
      "    0-0 : PCI Bus 0000:02\n"
      "      0-0 : PCI Bus 0000:03\n"
      "        0-0 : PCI Bus 0000:04\n"
      "          0-0 : 0000:04:00.1\n"
      "          0-0 : 0000:04:00.0\n"
      "          0-0 : BOOTFB\n"
      "          0-0 : simpledrm\n";
  EXPECT_EQ(holder_of("0000:04:00.0", deep), "BOOTFB");
  EXPECT_EQ(holder_of("0000:04:00.1", deep), "");
}

TEST(Framebuffers, OnlyTheWholeNameCounts) {
  for (const char* name : {"efifb2", "my efifb", "nouveau", "", "efifb "})
    EXPECT_EQ(holder_of("0000:01:00.0", std::string("0-0 : 0000:01:00.0\n  0-0 : ") + name), "");
  EXPECT_EQ(holder_of("0000:01:00.0", "0-0 : 0000:01:00.0\n  0-0 : efifb"), "efifb");
}

TEST(Framebuffers, GarbageHasNone) {
  for (const char* device : {"", "0000:01:00.0"}) {
    EXPECT_EQ(holder_of(device, ""), "");
    EXPECT_EQ(holder_of(device, "efifb\n : efifb\n  : efifb\n\n\n : : efifb"), "");
    EXPECT_EQ(holder_of(device, std::string(1000, '\n')), "");
    EXPECT_EQ(holder_of(device, std::string(1000, ' ')), "");
    EXPECT_EQ(holder_of(device, std::string(1000, ' ') + "0-0 : efifb"), "");
  }
  std::mt19937 random(1);
  const std::string alphabet("\0 \n:-0efifb\xff", 13);
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (int length = 0; length < 60; ++length) text += alphabet[random() % alphabet.size()];
    (void)holder_of("0", text);
  }
}

TEST(Framebuffers, WhoLeavesThemInPlace) {
  EXPECT_TRUE(keeps_framebuffer("pci-stub", true));
  EXPECT_TRUE(keeps_framebuffer("uio_pci_generic", true));
  EXPECT_FALSE(keeps_framebuffer("vfio-pci", true));
  EXPECT_TRUE(keeps_framebuffer("vfio-pci", false));
  EXPECT_FALSE(keeps_framebuffer("amdgpu", true));
}

}  // namespace
}  // namespace driver_override
