// SPDX-License-Identifier: LGPL-2.1-or-later
// Names of PCI devices from small pci.ids, sound and hostile ones.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tool/machine/pci_names.hpp"

namespace driver_override {
namespace {

namespace fs = std::filesystem;

constexpr const char* sample =
    "# a comment\n"
    "\n"
    "10de  NVIDIA Corporation\n"
    "# another\n"
    "\t2204  GA102 [GeForce RTX 3090]\n"
    "\t\t10de 147d  Founders Edition\n"
    "\t1aef  GA102 High Definition Audio Controller\n"
    "8086  Intel Corporation\n"
    "\t2204  Not that one\n"
    "ffff  Illegal Vendor ID\n"
    "C 03  Display controller\n"
    "\t00  VGA compatible controller\n"
    "\t\t00  VGA controller\n"
    "C 04  Multimedia controller\n";

class PciNamesTest : public testing::Test {
 protected:
  PciNamesTest() {
    fs::create_directories(base_ / "usr/share/hwdata");
    fs::create_directories(base_ / "usr/share/misc");
  }
  ~PciNamesTest() override { fs::remove_all(base_); }

  void put(const std::string& path, const std::string& text) {
    std::ofstream(base_ / path, std::ios::binary) << text;
  }
  std::string describe(const PciIds& ids, std::optional<std::uint32_t> pci_class = std::nullopt) {
    return PciNames(Root(base_), {{ids.vendor, ids.device}}).describe(ids, pci_class);
  }

  static fs::path make_base() {
    std::string name = testing::TempDir() + "driver-override-XXXXXX";
    return ::mkdtemp(name.data());
  }
  fs::path base_ = make_base();
};

constexpr const char* hwdata = "usr/share/hwdata/pci.ids";
constexpr const char* misc = "usr/share/misc/pci.ids";
constexpr PciIds rtx{0x10de, 0x2204, 0x10de, 0x147d};

TEST_F(PciNamesTest, VendorAndDevice) {
  put(hwdata, sample);
  EXPECT_EQ(describe(rtx), "NVIDIA Corporation GA102 [GeForce RTX 3090]");
  EXPECT_EQ(describe(rtx, 0x030000), "NVIDIA Corporation GA102 [GeForce RTX 3090]");
  EXPECT_EQ(describe({0x8086, 0x2204}), "Intel Corporation Not that one");
}

TEST_F(PciNamesTest, TheClassStandsForWhatIsUnknown) {
  put(misc, sample);
  EXPECT_EQ(describe({0x10de, 0x9999}, 0x030000), "NVIDIA Corporation VGA compatible controller");
  EXPECT_EQ(describe({0x1234, 0x1111}, 0x030000), "VGA compatible controller");
  EXPECT_EQ(describe({0x1234, 0x1111}, 0x0380ff), "Display controller");
  EXPECT_EQ(describe({0x1234, 0x1111}, 0x040300), "Multimedia controller");
  EXPECT_EQ(describe({0x1234, 0x1111}, 0x020000), "");
  EXPECT_EQ(describe({0x10de, 0x9999}), "NVIDIA Corporation");
  EXPECT_EQ(describe({0x1234, 0x1111}), "");
}

TEST_F(PciNamesTest, OnlyWhatIsAskedForIsKept) {
  put(hwdata, sample);
  const PciNames names(Root(base_), {{0x10de, 0x2204}});
  EXPECT_EQ(names.describe({0x10de, 0x1aef}), "NVIDIA Corporation");
  EXPECT_EQ(names.describe({0x8086, 0x2204}), "");
}

TEST_F(PciNamesTest, TheFirstReadableFileCounts) {
  put(misc, sample);
  EXPECT_EQ(describe(rtx), "NVIDIA Corporation GA102 [GeForce RTX 3090]");
  put(hwdata, "10de  Other\n\t2204  Card\n");
  EXPECT_EQ(describe(rtx), "Other Card");
  fs::remove(base_ / hwdata);
  fs::create_directory(base_ / hwdata);
  EXPECT_EQ(describe(rtx), "NVIDIA Corporation GA102 [GeForce RTX 3090]");
  fs::remove(base_ / hwdata);
  ASSERT_EQ(::mkfifo((base_ / hwdata).c_str(), 0600), 0);
  EXPECT_EQ(describe(rtx), "NVIDIA Corporation GA102 [GeForce RTX 3090]");
}

TEST_F(PciNamesTest, WithoutAFileEverythingIsEmpty) {
  EXPECT_EQ(describe(rtx, 0x030000), "");
  EXPECT_EQ(PciNames(Root(base_ / "nowhere"), {{0x10de, 0x2204}}).describe(rtx), "");
}

TEST_F(PciNamesTest, AFileAboveAMegabyteIsReadToItsEnd) {
  std::string text;
  while (text.size() < (3U << 20U))
    text += "0001  Some vendor\n\t0001  Some device of no interest\n";
  put(hwdata, text + sample);
  EXPECT_EQ(describe(rtx), "NVIDIA Corporation GA102 [GeForce RTX 3090]");
  EXPECT_EQ(describe({0x1234, 0x1111}, 0x030000), "VGA compatible controller");
}

TEST_F(PciNamesTest, WhatIsNoEntryEndsItsSection) {
  put(hwdata,
      "10de  NVIDIA\n"
      "10dez  no number\n"
      "\t2204  of nobody\n"
      "8086\n"
      "\t2204  of nobody\n"
      "1002  \n"
      "\t2204  of nobody\n"
      "\t  \n"
      "C zz  no class\n"
      "\t00  of no class\n");
  EXPECT_EQ(describe(rtx), "NVIDIA");
  EXPECT_EQ(describe({0x8086, 0x2204}), "");
  EXPECT_EQ(describe({0x1002, 0x2204}, 0x000000), "");
}

TEST_F(PciNamesTest, GarbageAndEndlessLinesDoNoHarm) {
  std::string garbage = "10de  ";
  for (int i = 0; i < 1 << 18; ++i) garbage += static_cast<char>(i * 7);
  std::erase(garbage, '\n');
  put(hwdata, garbage + "\n\t2204  " + std::string(1U << 20U, 'x') + "\n8086  Intel\r\n");
  EXPECT_LE(describe(rtx).size(), 1024U);
  EXPECT_EQ(describe({0x8086, 0x2204}), "Intel");
  put(hwdata, std::string("10de  A\0B\n\t2204  \x1b[31m\xff", 23));
  EXPECT_EQ(describe(rtx), std::string("A\0B \x1b[31m\xff", 10));
}

}  // namespace
}  // namespace driver_override
