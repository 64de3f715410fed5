// SPDX-License-Identifier: LGPL-2.1-or-later
// The root is a wall: nothing below it leads out of it, and what is made is whole or is not there.
#include "hook/root.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
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

TEST_F(RootTest, TheSystemsOwnHasInodesToo) {
  const Root root("/");
  EXPECT_NE(root.inode("proc/self").value_or(0), 0U);
  EXPECT_EQ(root.inode("proc/self/no-such-file"), std::nullopt);
}

TEST_F(RootTest, ReadsAndListsWhatIsInside) {
  EXPECT_EQ(root().read("sys/value", error_), "inside\n");
  EXPECT_EQ(root().list("sys", error_), (std::vector<std::string>{"bus", "value"}));
}

/// A caller that was started without standard input opens its root as that.
TEST_F(RootTest, MayHaveTheDescriptorZero) {
  const int kept = ::dup(STDIN_FILENO);
  ::close(STDIN_FILENO);
  std::string text;
  {
    const Root first = root();
    text = first.read("sys/value", error_);
  }
  if (kept >= 0) ::dup2(kept, STDIN_FILENO);
  ::close(kept);
  EXPECT_EQ(text, "inside\n");
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

TEST_F(RootTest, ALinkIsFollowedWhereverItLeadsBelowTheRoot) {
  fs::create_symlink("../sys/value", base_ / "root/sys/one");
  fs::create_symlink("/sys/one", base_ / "root/sys/bus/two");
  fs::create_symlink("three", base_ / "root/sys/three");
  fs::create_symlink(base_ / "secret", base_ / "root/sys/out");
  const std::string end = root().follow("sys/bus/two", error_);
  EXPECT_FALSE(error_);
  EXPECT_EQ(root().read(end, error_), "inside\n");
  EXPECT_TRUE(root().is_file(end));
  EXPECT_EQ(root().link("sys", "one"), "value");
  EXPECT_EQ(root().follow("sys/value", error_), "sys/value");
  EXPECT_EQ(root().follow("sys/absent", error_), "sys/absent");
  EXPECT_FALSE(error_);
  EXPECT_FALSE(root().is_file(root().follow("sys/out", error_)));
  EXPECT_FALSE(root().is_file("sys/bus"));
  (void)root().follow("sys/three", error_);
  EXPECT_EQ(error_, std::errc::too_many_symbolic_link_levels);
}

/// As many as in the kernel (include/linux/namei.h, MAXSYMLINKS).
TEST_F(RootTest, FortyLinksAreFollowedAndNoMore) {
  for (int link = 1; link <= 41; ++link)
    fs::create_symlink(link == 1 ? "value" : std::to_string(link - 1),
                       base_ / "root/sys" / std::to_string(link));
  EXPECT_EQ(root().follow("sys/40", error_), "sys/value");
  EXPECT_FALSE(error_);
  (void)root().follow("sys/41", error_);
  EXPECT_EQ(error_, std::errc::too_many_symbolic_link_levels);
}

/// Both ends of a pipe, a text that comes late, and a signal that interrupts the wait for it.
class InterruptedRead : public testing::Test {
 protected:
  InterruptedRead() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    reading_ = Descriptor(ends[0]);
    struct ::sigaction without_restart {};
    without_restart.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &without_restart, &before_);
    writer_ = std::thread([writing = ends[1], reader = ::pthread_self()] {
      for (int times = 0; times < 3; ++times) {
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        ::pthread_kill(reader, SIGUSR1);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      (void)!::write(writing, "late\n", 5);
      ::close(writing);
    });
  }
  ~InterruptedRead() override {
    writer_.join();
    ::sigaction(SIGUSR1, &before_, nullptr);
  }

  Descriptor reading_;
  std::error_code error_;
  struct ::sigaction before_ {};
  std::thread writer_;
};

TEST_F(InterruptedRead, OfAFileGoesOn) {
  EXPECT_EQ(read_all(reading_, error_), "late\n");
  EXPECT_FALSE(error_) << error_.message();
}

TEST_F(InterruptedRead, OfAnAttributeGoesOn) {
  EXPECT_EQ(read_attribute(reading_, error_), "late");
  EXPECT_FALSE(error_) << error_.message();
}

TEST_F(RootTest, AnEmptyAttributeIsNoFaultAndAFaultHasNoText) {
  put("root/sys/empty", "");
  errno = EIO;
  EXPECT_EQ(root().read_attribute("sys/empty", error_), "");
  EXPECT_FALSE(error_) << error_.message();
  EXPECT_EQ(root().read_attribute("sys/bus", error_), "");
  EXPECT_EQ(error_, std::errc::is_a_directory);
}

TEST_F(RootTest, AWriteThatIsCutShortIsAFault) {
  put("root/sys/value", "");
  struct ::rlimit limit {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const struct ::rlimit three_bytes = {3, limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &three_bytes), 0);
  root().write("sys/value", "12345", error_);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  EXPECT_EQ(error_, std::errc::io_error);
}

TEST_F(RootTest, NothingMayBeWritten) {
  errno = EIO;
  root().write("sys/value", "", error_);
  EXPECT_FALSE(error_) << error_.message();
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

/// Makes and removes below the root; `outside/` lies beside it.
class RootWriteTest : public RootTest {
 protected:
  RootWriteTest() {
    fs::create_directories(base_ / "outside");
    fs::create_directories(base_ / "root/run");
    fs::create_symlink("../../outside", base_ / "root/run/up");
    fs::create_symlink(base_ / "outside", base_ / "root/run/absolute");
  }
  /// All that is in a folder, with what starts with a dot.
  std::vector<std::string> names(const std::string& path) {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(base_ / path))
      found.push_back(entry.path().filename());
    std::sort(found.begin(), found.end());
    return found;
  }
};

TEST_F(RootWriteTest, CreatesAFileOnce) {
  root().create("run/file", "one", error_);
  EXPECT_FALSE(error_);
  root().create("run/file", "two", error_);
  EXPECT_EQ(error_, std::errc::file_exists);
  EXPECT_EQ(get("root/run/file"), "one");
  EXPECT_EQ(fs::status(base_ / "root/run/file").permissions() & fs::perms(07133), fs::perms(0));
  root().create("top", "three", error_);
  EXPECT_FALSE(error_);
  EXPECT_EQ(get("root/top"), "three");
  root().create("absent/file", "x", error_);
  EXPECT_EQ(error_, std::errc::no_such_file_or_directory);
}

TEST_F(RootWriteTest, ReplacesAFileAndLeavesNothingElse) {
  root().replace("run/file", "one", error_);
  EXPECT_FALSE(error_);
  root().replace("run/file", std::string(100000, 'x'), error_);
  EXPECT_FALSE(error_);
  EXPECT_EQ(get("root/run/file").size(), 100000U);
  EXPECT_EQ(names("root/run"), (std::vector<std::string>{"absolute", "file", "up"}));
  root().replace("top", "two", error_);
  EXPECT_EQ(get("root/top"), "two");
}

TEST_F(RootWriteTest, AFolderIsNotReplacedAndNoTemporaryStays) {
  root().replace("run", "x", error_);
  EXPECT_EQ(error_, std::errc::is_a_directory);
  EXPECT_EQ(names("root"), (std::vector<std::string>{"run", "sys"}));
  root().remove("run", error_);
  EXPECT_TRUE(error_);
  EXPECT_TRUE(fs::exists(base_ / "root/run"));
}

TEST_F(RootWriteTest, ALeftoverOfAnEarlierProcessIsNoObstacle) {
  put("root/run/.new." + std::to_string(::getpid()), "half");
  root().replace("run/file", "whole", error_);
  EXPECT_FALSE(error_);
  EXPECT_EQ(names("root/run"), (std::vector<std::string>{"absolute", "file", "up"}));
}

TEST_F(RootWriteTest, TheLongestNameCanBeReplaced) {
  const std::string name(255, 'n');
  root().replace("run/" + name, "one", error_);
  EXPECT_FALSE(error_) << error_.message();
  EXPECT_EQ(root().read("run/" + name, error_), "one");
  root().replace("run/n" + name, "x", error_);
  EXPECT_EQ(error_, std::errc::filename_too_long);
  EXPECT_EQ(names("root/run").size(), 3U);
}

TEST_F(RootWriteTest, NothingIsMadeOrRemovedBehindALinkOutOfTheRoot) {
  put("outside/file", "kept");
  for (const std::string folder : {"run/up", "run/absolute", "..", "run/../../outside"}) {
    root().create(folder + "/new", "x", error_);
    EXPECT_TRUE(error_ || fs::exists(base_ / "root/new")) << folder;
    root().replace(folder + "/file", "x", error_);
    root().make_directories(folder + "/folder/below", error_);
    root().remove(folder + "/file", error_);
    EXPECT_EQ(names("outside"), std::vector<std::string>{"file"}) << folder;
    EXPECT_EQ(get("outside/file"), "kept") << folder;
  }
  // `..` at the top is the top, as in a chroot.
  EXPECT_EQ(names("."), (std::vector<std::string>{"outside", "root", "secret"}));
}

TEST_F(RootWriteTest, ALinkInPlaceOfTheFileIsItselfReplacedOrRemoved) {
  fs::create_symlink("../../secret", base_ / "root/run/link");
  root().create("run/link", "x", error_);
  EXPECT_EQ(error_, std::errc::file_exists);
  root().replace("run/link", "new", error_);
  EXPECT_FALSE(error_);
  EXPECT_FALSE(fs::is_symlink(base_ / "root/run/link"));
  EXPECT_EQ(get("root/run/link"), "new");
  root().remove("run/up", error_);
  EXPECT_FALSE(error_);
  EXPECT_EQ(get("secret"), "outside");
  EXPECT_EQ(names("root/run"), (std::vector<std::string>{"absolute", "link"}));
}

TEST_F(RootWriteTest, MakesFoldersThatMayBeThere) {
  const mode_t before = ::umask(0);
  root().make_directories("run/a/b/c", error_);
  ::umask(before);
  EXPECT_FALSE(error_);
  for (const char* made : {"run/a", "run/a/b", "run/a/b/c"})
    EXPECT_EQ(fs::status(base_ / "root" / made).permissions(), fs::perms(0755)) << made;
  root().make_directories("run/a/b/c", error_);
  EXPECT_FALSE(error_);
  EXPECT_TRUE(fs::is_directory(base_ / "root/run/a/b/c"));
  root().make_directories("sys/value/below", error_);
  EXPECT_EQ(error_, std::errc::not_a_directory);
  error_ = std::make_error_code(std::errc::io_error);
  root().make_directories("sys", error_);
  EXPECT_FALSE(error_) << "an earlier error is no error of this call";
}

TEST_F(RootWriteTest, RemovesWhatMayBeAbsent) {
  put("root/run/file", "");
  root().remove("run/file", error_);
  EXPECT_FALSE(error_);
  EXPECT_FALSE(fs::exists(base_ / "root/run/file"));
  root().remove("run/file", error_);
  EXPECT_FALSE(error_);
  root().remove("absent/file", error_);
  EXPECT_FALSE(error_);
}

TEST_F(RootWriteTest, AnInodeTellsANewFolderFromTheOldOne) {
  fs::create_symlink("../sys/bus", base_ / "root/run/bus");
  const auto inode = root().inode("sys/bus");
  EXPECT_TRUE(inode);
  EXPECT_EQ(root().inode("run/bus"), inode);
  EXPECT_NE(root().inode("sys/value"), inode);
  EXPECT_EQ(root().inode("sys/absent"), std::nullopt);
  EXPECT_EQ(root().inode("run/up/../secret"), std::nullopt);
}

TEST_F(RootWriteTest, ALockIsAFileThatNobodyElseCanOpen) {
  const Descriptor lock = root().lock("run/lock", error_);
  ASSERT_FALSE(error_) << error_.message();
  EXPECT_GE(lock.number(), 0);
  EXPECT_EQ(fs::status(base_ / "root/run/lock").permissions(), fs::perms(0600));
  EXPECT_EQ(get("root/run/lock"), "");
}

TEST_F(RootWriteTest, ALockIsWaitedFor) {
  std::optional<Descriptor> held = root().lock("run/lock", error_);
  ASSERT_FALSE(error_) << error_.message();
  std::thread holder([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    held.reset();
  });
  const Descriptor other = root().lock("run/lock", error_);
  EXPECT_FALSE(error_) << error_.message();
  EXPECT_GE(other.number(), 0);
  holder.join();
}

TEST_F(RootWriteTest, ALockThatIsHeldForEverIsGivenUp) {
  const Descriptor held = root().lock("run/lock", error_);
  ASSERT_FALSE(error_) << error_.message();
  const Descriptor other = root().lock("run/lock", error_);
  EXPECT_EQ(error_, std::errc::resource_unavailable_try_again);
  EXPECT_LT(other.number(), 0);
}

TEST_F(RootWriteTest, ALinkInPlaceOfALockIsAnError) {
  fs::create_symlink("../../outside/lock", base_ / "root/run/lock");
  const Descriptor lock = root().lock("run/lock", error_);
  EXPECT_EQ(error_, std::errc::too_many_symbolic_link_levels);
  EXPECT_LT(lock.number(), 0);
  EXPECT_TRUE(names("outside").empty());
  (void)root().lock("absent/lock", error_);
  EXPECT_EQ(error_, std::errc::no_such_file_or_directory);
}

TEST_F(RootWriteTest, OnAFullDiskTheOldFileStaysAndNothingElse) {
  const std::string small = base_ / "root/run";
  if (::mount("none", small.c_str(), "tmpfs", 0, "size=16k") != 0)
    GTEST_SKIP() << "no tmpfs can be mounted here";
  root().create("run/file", "old", error_);
  EXPECT_FALSE(error_);
  root().replace("run/file", std::string(65536, 'x'), error_);
  EXPECT_EQ(error_, std::errc::no_space_on_device);
  root().create("run/other", std::string(65536, 'x'), error_);
  EXPECT_EQ(error_, std::errc::no_space_on_device);
  EXPECT_EQ(names("root/run"), std::vector<std::string>{"file"});
  EXPECT_EQ(get("root/run/file"), "old");
  EXPECT_EQ(::umount2(small.c_str(), MNT_DETACH), 0);
}

TEST_F(RootWriteTest, AReaderNeverSeesHalfAFile) {
  std::atomic<bool> done = false;
  std::thread writer([&] {
    const Root root = this->root();
    std::error_code error;
    for (int i = 0; !done; ++i)
      root.replace("run/file", std::string(50000, static_cast<char>('a' + i % 26)), error);
  });
  const Root root = this->root();
  int halves = 0;
  for (int i = 0; i < 500; ++i) {
    const std::string text = root.read("run/file", error_);
    if (!text.empty() && text != std::string(50000, text[0])) ++halves;
  }
  done = true;
  writer.join();
  EXPECT_EQ(halves, 0);
}

}  // namespace
}  // namespace driver_override
