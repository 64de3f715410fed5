// SPDX-License-Identifier: LGPL-2.1-or-later
// The root is a wall: nothing below it leads out of it, and nothing is ever created.
#include "hook/root.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

namespace driver_override {
namespace {

namespace fs = std::filesystem;

class RootTest : public testing::Test {
 protected:
  RootTest() {
    fs::create_directories(base_ / "root/sys/bus");
    put("secret", "outside");
    put("root/sys/value", "inside\n");
  }
  ~RootTest() override { fs::remove_all(base_); }

  void put(const std::string& path, const std::string& text) {
    std::ofstream(base_ / path) << text;
  }
  std::string get(const std::string& path) {
    std::ifstream file(base_ / path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  Root root() { return Root(base_ / "root"); }

  static fs::path make_base() {
    std::string name = testing::TempDir() + "driver-override-XXXXXX";
    return ::mkdtemp(name.data());
  }
  fs::path base_ = make_base();
  std::error_code error_;
};

TEST_F(RootTest, ReadsAndListsWhatIsInside) {
  EXPECT_EQ(root().read("sys/value", error_), "inside\n");
  EXPECT_EQ(root().list("sys", error_), (std::vector<std::string>{"bus", "value"}));
}

TEST_F(RootTest, NoLinkLeadsOut) {
  fs::create_symlink("../../secret", base_ / "root/sys/up");
  fs::create_symlink(base_ / "secret", base_ / "root/sys/absolute");
  fs::create_symlink("../../../../../..", base_ / "root/sys/bus/top");
  EXPECT_EQ(root().read("sys/up", error_), "");
  EXPECT_TRUE(error_);
  EXPECT_EQ(root().read("sys/absolute", error_), "");
  EXPECT_TRUE(error_);
  root().write("sys/up", "changed", error_);
  EXPECT_TRUE(error_);
  EXPECT_EQ(root().read("../secret", error_), "");
  EXPECT_EQ(root().list("sys/bus/top", error_), (std::vector<std::string>{"sys"}));
  EXPECT_EQ(get("secret"), "outside");
}

TEST_F(RootTest, RenamesElsewhereDoNotDisturb) {
  fs::create_directories(base_ / "root/sys/devices/a");
  put("root/sys/devices/a/class", "0x020000\n");
  fs::create_symlink("../devices/a", base_ / "root/sys/bus/link");
  std::atomic<bool> done = false;
  std::thread renamer([&] {
    for (put("x", ""); !done;) {
      fs::rename(base_ / "x", base_ / "y");
      fs::rename(base_ / "y", base_ / "x");
    }
  });
  const Root root = this->root();
  int failures = 0;
  for (int i = 0; i < 20000; ++i)
    if (root.read("sys/bus/link/class", error_) != "0x020000\n") ++failures;
  done = true;
  renamer.join();
  EXPECT_EQ(failures, 0) << error_.message();
}

TEST_F(RootTest, WritingCreatesNothing) {
  root().write("sys/absent", "x", error_);
  EXPECT_EQ(error_, std::errc::no_such_file_or_directory);
  EXPECT_FALSE(fs::exists(base_ / "root/sys/absent"));
}

TEST_F(RootTest, ARootThatDoesNotExistIsEmpty) {
  const Root nowhere(base_ / "nowhere");
  EXPECT_FALSE(nowhere.exists("sys"));
  (void)nowhere.read("sys/value", error_);
  EXPECT_EQ(error_, std::errc::no_such_file_or_directory);
}

TEST_F(RootTest, LinksAreNamedByTheirLastComponent) {
  fs::create_symlink("../bus/pci/drivers/e1000", base_ / "root/sys/driver");
  EXPECT_EQ(root().link("sys", "driver"), "e1000");
  EXPECT_EQ(root().link("sys", "value"), std::nullopt);
  EXPECT_EQ(root().link("sys/absent", "driver"), std::nullopt);
}

TEST_F(RootTest, AFifoOrAFolderInPlaceOfAFileEndsAtOnce) {
  ASSERT_EQ(::mkfifo((base_ / "root/sys/fifo").c_str(), 0600), 0);
  EXPECT_EQ(root().read("sys/fifo", error_), "");
  root().write("sys/fifo", "x", error_);
  EXPECT_TRUE(error_);
  EXPECT_EQ(root().read("sys/bus", error_), "");
  EXPECT_EQ(error_, std::errc::is_a_directory);
}

TEST_F(RootTest, AFileWithoutEndIsRefused) {
  put("root/sys/large", std::string((1U << 20U) + 1U, 'x'));
  EXPECT_EQ(root().read("sys/large", error_), "");
  EXPECT_EQ(error_, std::errc::file_too_large);
}

}  // namespace
}  // namespace driver_override
