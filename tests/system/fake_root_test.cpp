// SPDX-License-Identifier: LGPL-2.1-or-later
// The fake sysfs as it is mounted: what only FUSE and processes can show. What the model itself
// does is in sysfs_model_test.cpp.
#include "tests/system/fake_root.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <thread>

#include "tests/system/process.hpp"

namespace {

using std::chrono::milliseconds;
using system_tests::FakeRoot;
using Lines = std::vector<std::string>;

constexpr std::string_view description = R"(
bus pci
driver pci e1000
driver pci stuck probe-hang
driver pci late late-link=200
device pci 0000:00:10.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:11.0 class=0x020000
device pci 0000:00:12.0 class=0x020000
module pci-stub registers pci pci-stub
fault *0000:00:12.0/class read hang
)";

// NOLINTNEXTLINE(cert-err58-cpp): a test program that cannot make it may end at once.
const std::string devices = "sys/bus/pci/devices/";

using system_tests::FakeRootTest;

/// A shell command that runs beside the test, in the root.
class Shell {
 public:
  Shell(const FakeRoot& root, const std::string& command)
      : process_(system_tests::start({.words = {"/bin/sh", "-c", "cd \"$ROOT\" && " + command},
                                      .environment = {{"ROOT", root.path().string()}}})) {}
  ~Shell() { kill_it(); }
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  void kill_it() const { kill(-process_, SIGKILL); }
  void signal(int number) const { kill(-process_, number); }
  std::optional<int> wait(milliseconds limit) const {
    return system_tests::wait_for(process_, limit);
  }

 private:
  pid_t process_;
};

void wait_for_line(const FakeRoot& root, const std::string& wanted) {
  for (int attempt = 0; attempt < 1000; ++attempt) {
    for (const std::string& line : root.log()) {
      if (line == wanted) return;
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
  ADD_FAILURE() << "not in the log: " << wanted;
}

TEST_F(FakeRootTest, HasWhatAProgramExpects) {
  const FakeRoot root(description, "quiet driver_override=off");
  EXPECT_EQ(root.read("proc/cmdline"), "quiet driver_override=off\n");
  EXPECT_EQ(root.read("dev/kmsg"), "");
  EXPECT_EQ(root.read(devices + "0000:00:10.0/driver_override"), "(null)\n");
  EXPECT_EQ(root.driver("pci", "0000:00:10.0"), "e1000");
  EXPECT_EQ(root.write("etc/driver-override.d/a.conf", "x"), 0);
  EXPECT_EQ(root.read("etc/driver-override.d/a.conf"), "x");
}

TEST_F(FakeRootTest, IsGoneAfterwards) {
  std::filesystem::path path;
  {
    const FakeRoot root(description);
    path = root.path();
    const Shell user(root, "exec sleep 60 <sys/bus/pci/devices/0000:00:10.0/class");
    wait_for_line(root, "open /devices/pci0000:00/0000:00:10.0/class r");
  }
  EXPECT_FALSE(std::filesystem::exists(path.parent_path()));
}

TEST_F(FakeRootTest, EveryAccessIsSeen) {
  const FakeRoot root(description);
  for (int turn = 0; turn < 3; ++turn) root.read(devices + "0000:00:10.0/class");
  root.link(devices + "0000:00:10.0");
  const std::string device = "/devices/pci0000:00/0000:00:10.0";
  const std::string through = "readlink /bus/pci/devices/0000:00:10.0";
  const std::string open = "open " + device + "/class r";
  const std::string read = "read " + device + "/class";
  EXPECT_EQ(root.log(),
            (Lines{through, open, read, through, open, read, through, open, read, through}));
  root.clear_log();
  EXPECT_EQ(root.log(), Lines{});
}

TEST_F(FakeRootTest, NewFilesAreRefusedAndTruncationIsIgnored) {
  const FakeRoot root(description);
  const std::string device = (root.path() / devices / "0000:00:10.0").string();
  EXPECT_EQ(open((device + "/new").c_str(), O_WRONLY | O_CREAT, 0644), -1);
  EXPECT_EQ(errno, EACCES);
  EXPECT_EQ(truncate((device + "/driver_override").c_str(), 0), 0);
  EXPECT_EQ(Shell(root, "echo a >sys/bus/pci/devices/0000:00:10.0/driver_override")
                .wait(milliseconds(5000)),
            0);
  EXPECT_EQ(root.read(devices + "0000:00:10.0/driver_override"), "a\n");
}

TEST_F(FakeRootTest, ADeviceThatCameBackHasANewInode) {
  const FakeRoot root(description);
  const std::string device = (root.path() / devices / "0000:00:10.0").string();
  struct stat before {};
  struct stat after {};
  ASSERT_EQ(stat(device.c_str(), &before), 0);
  EXPECT_EQ(root.write(devices + "0000:00:10.0/remove", "1"), 0);
  EXPECT_EQ(stat(device.c_str(), &after), -1);
  EXPECT_EQ(root.write("sys/bus/pci/rescan", "1"), 0);
  ASSERT_EQ(stat(device.c_str(), &after), 0);
  EXPECT_NE(before.st_ino, after.st_ino);
}

TEST_F(FakeRootTest, AnOpenFileOfAVanishedDeviceFailsWithNoDevice) {
  const FakeRoot root(description);
  const std::string file = (root.path() / devices / "0000:00:10.0/driver_override").string();
  const int opened = open(file.c_str(), O_RDWR);
  ASSERT_GE(opened, 0);
  EXPECT_EQ(root.write("sys/.control", "remove pci 0000:00:10.0\n"), 0);
  char byte = 'x';
  EXPECT_EQ(write(opened, &byte, 1), -1);
  EXPECT_EQ(errno, ENODEV);
  EXPECT_EQ(read(opened, &byte, 1), -1);
  EXPECT_EQ(errno, ENODEV);
  close(opened);
}

TEST_F(FakeRootTest, ModprobeLoadsWhatItCan) {
  const FakeRoot root(description);
  EXPECT_EQ(root.write(devices + "0000:00:11.0/driver_override", "pci-stub"), 0);
  EXPECT_EQ(Shell(root, "sbin/modprobe -a -q nothing pci-stub").wait(milliseconds(5000)), 1);
  EXPECT_EQ(root.driver("pci", "0000:00:11.0"), "pci-stub");
  EXPECT_EQ(Shell(root, "sbin/modprobe -- pci_stub").wait(milliseconds(5000)), 0);
  EXPECT_EQ(root.read("modprobe.log"), "-a -q nothing pci-stub\n-- pci_stub\n");
}

TEST_F(FakeRootTest, ALateLinkComesByItself) {
  const FakeRoot root(description);
  EXPECT_EQ(root.write(devices + "0000:00:11.0/driver_override", "late"), 0);
  EXPECT_EQ(root.write("sys/bus/pci/drivers_probe", "0000:00:11.0"), 0);
  EXPECT_EQ(root.driver("pci", "0000:00:11.0"), "");
  wait_for_line(root, "bind pci 0000:00:11.0 late");
  EXPECT_EQ(root.driver("pci", "0000:00:11.0"), "late");
}

TEST_F(FakeRootTest, AHangingProbeStopsNoOther) {
  const FakeRoot root(description);
  EXPECT_EQ(root.write(devices + "0000:00:11.0/driver_override", "stuck"), 0);
  const Shell prober(root, "echo 0000:00:11.0 >sys/bus/pci/drivers_probe");
  wait_for_line(root, "write /bus/pci/drivers_probe 0000:00:11.0%0A = HANG");
  EXPECT_EQ(root.driver("pci", "0000:00:11.0"), "stuck");
  EXPECT_EQ(root.write("sys/bus/pci/drivers/e1000/unbind", "0000:00:10.0"), 0);
  EXPECT_EQ(root.write("sys/bus/pci/drivers_probe", "0000:00:10.0"), 0);
  EXPECT_EQ(root.driver("pci", "0000:00:10.0"), "e1000");
  prober.kill_it();
  EXPECT_EQ(prober.wait(milliseconds(5000)), 128 + SIGKILL);
}

TEST_F(FakeRootTest, ManyRequestsMayHangAtOnce) {
  const FakeRoot root(description);
  const Shell readers(root,
                      "for each in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do "
                      "cat sys/bus/pci/devices/0000:00:12.0/class & done; wait");
  EXPECT_FALSE(readers.wait(milliseconds(300)));
  EXPECT_EQ(root.read(devices + "0000:00:10.0/class"), "0x020000\n");
  readers.kill_it();
  EXPECT_EQ(readers.wait(milliseconds(5000)), 128 + SIGKILL);
}

TEST_F(FakeRootTest, OnlyAFatalSignalEndsWhatHangs) {
  const FakeRoot root(description);
  const Shell reader(root, "trap : USR1; read line <sys/bus/pci/devices/0000:00:12.0/class");
  wait_for_line(root, "read /devices/pci0000:00/0000:00:12.0/class = HANG");
  reader.signal(SIGUSR1);
  EXPECT_FALSE(reader.wait(milliseconds(200)));
  reader.kill_it();
  EXPECT_EQ(reader.wait(milliseconds(5000)), 128 + SIGKILL);
}

TEST_F(FakeRootTest, ATerminationThatIsNotCaughtIsFatalToo) {
  const FakeRoot root(description);
  const Shell reader(root, "read line <sys/bus/pci/devices/0000:00:12.0/class");
  wait_for_line(root, "read /devices/pci0000:00/0000:00:12.0/class = HANG");
  reader.signal(SIGTERM);
  EXPECT_EQ(reader.wait(milliseconds(5000)), 128 + SIGTERM);
}

TEST_F(FakeRootTest, WhatIsUnkillableEndsWithTheMount) {
  std::optional<FakeRoot> root(std::in_place, std::string(description) + "unkillable\n");
  const Shell reader(*root, "exec cat sys/bus/pci/devices/0000:00:12.0/class");
  wait_for_line(*root, "read /devices/pci0000:00/0000:00:12.0/class = HANG");
  reader.kill_it();
  EXPECT_FALSE(reader.wait(milliseconds(200)));
  root.reset();
  EXPECT_EQ(reader.wait(milliseconds(5000)), 128 + SIGKILL);
}

}  // namespace
