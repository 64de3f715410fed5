// SPDX-License-Identifier: LGPL-2.1-or-later
// Hangs that no signal ends, as in the kernel: nobody waits for them, and what is given up touches
// no device later. A further place where the kernel may hang belongs here.
#include <thread>

#include "tests/system/fault_test.hpp"

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using system_tests::FaultRun;

/// Drivers whose probe or remove hangs, and 10.0, which no rule names.
constexpr std::string_view machine = R"(
unkillable
bus pci
driver pci e1000
driver pci stuck probe-hang
driver pci clingy remove-hang
driver pci pci-stub
device pci 0000:00:10.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:11.0 class=0x020000
device pci 0000:00:12.0 class=0x020000
device pci 0000:00:13.0 class=0x020000
device pci 0000:00:14.0 class=0x020000
device pci 0000:00:15.0 class=0x020000 native=clingy driver=clingy
device pci 0000:00:16.0 class=0x020000
)";

class HangTest : public FaultRun {
 protected:
  void expect_given_up(const std::string& device, const std::string& driver,
                       const std::string& step) {
    const auto told = messages_of("pci 0000:" + device, "not bound to \"" + driver + "\": ");
    ASSERT_EQ(told.size(), 1U) << log();
    EXPECT_EQ(told[0].rfind(step + " did not end within ", 0), 0U) << told[0];
    EXPECT_NE(told[0].find(" s; it is still running, and a reboot may hang if it never ends"),
              std::string::npos)
        << told[0];
    EXPECT_TRUE(is_claimed_as(device, "unfinished")) << claim(device);
  }
};

TEST_F(HangTest, ADriverThatHangsIsNotTriedDeviceByDevice) {
  boot(machine, "driver_override=pci,00:11.0,00:12.0,00:14.0=stuck;pci,00:13.0,00:16.0=pci-stub");
  apply("2");
  EXPECT_EQ(result_.status, 1);
  EXPECT_LT(result_.duration, seconds(5));
  expect_given_up("00:11.0", "stuck", "probing");
  for (const char* slot : {"00:12.0", "00:14.0"}) {
    EXPECT_TRUE(is_logged("pci 0000:" + std::string(slot) +
                          ": not bound to \"stuck\": the driver "
                          "\"stuck\" hangs and is not tried again\n"))
        << log();
    EXPECT_EQ(driver(slot), "");
  }
  for (const char* slot : {"00:13.0", "00:16.0"}) EXPECT_EQ(driver(slot), "pci-stub") << log();
  EXPECT_TRUE(is_logged("2 bound, 0 bound already, 0 left alone, 3 failed")) << log();
  EXPECT_EQ(accesses_to("00:10.0"), 0U);
}

TEST_F(HangTest, AnUnbindThatHangsIsGivenUp) {
  boot(machine, "driver_override=pci,00:13.0,00:15.0=pci-stub");
  apply("1");
  EXPECT_LT(result_.duration, seconds(7));
  expect_given_up("00:15.0", "pci-stub", "unbinding it from \"clingy\"");
  EXPECT_EQ(driver("00:13.0"), "pci-stub");
}

/// A shell waits for the end of the pipe, so nobody may hold it open.
TEST_F(HangTest, AShellThatReadsTheOutputIsNotKeptWaiting) {
  boot(machine, "driver_override=pci,00:11.0=stuck");
  apply("1", {.wrapper = {"/bin/sh", "-c", "x=$(\"$@\" 2>&1); exit $?", "sh"}});
  EXPECT_FALSE(result_.timed_out);
  EXPECT_LT(result_.duration, seconds(7));
  EXPECT_EQ(result_.status, 1);
  expect_given_up("00:11.0", "stuck", "probing");
}

TEST_F(HangTest, ASlowStepIsToldBeforeItIsGivenUp) {
  boot(machine, "driver_override=pci,00:11.0=stuck");
  apply("1");
  EXPECT_EQ(messages_of("pci 0000:00:11.0", "probing is taking long").size(), 1U) << log();
}

/// Of the first three, each would go on to the next if it is not stopped.
TEST_F(HangTest, WhatIsGivenUpTouchesNothingWhenTheHangEnds) {
  boot(machine, "driver_override=pci,00:11.0,00:12.0=stuck;pci,00:13.0,00:15.0=pci-stub");
  apply("1");
  EXPECT_EQ(result_.status, 1);
  root_->clear_log();
  root_->end_hangs();
  std::this_thread::sleep_for(milliseconds(300));
  for (const std::string& line : root_->log()) {
    const std::string verb = line.substr(0, line.find(' '));
    EXPECT_TRUE(verb == "bind" || verb == "unbind" || verb == "readlink" || verb == "end-hangs")
        << line;
  }
  EXPECT_EQ(driver("00:11.0"), "stuck");
  EXPECT_EQ(driver("00:13.0"), "pci-stub");
}

/// The second run meets the devices that the first has given up.
TEST_F(HangTest, ASecondRunDoesNotWaitForTheFirst) {
  boot(machine, "driver_override=pci,00:11.0=stuck;pci,00:13.0=pci-stub");
  apply("1");
  ASSERT_EQ(root_->write("dev/kmsg", ""), 0);
  apply("1");
  EXPECT_LT(result_.duration, seconds(7));
  EXPECT_EQ(result_.status, 1);
  expect_given_up("00:11.0", "stuck", "reading driver_override");
  EXPECT_TRUE(is_logged("pci 0000:00:13.0: is bound to \"pci-stub\" already")) << log();
}

/// The link is there while the probe hangs, and must not be taken for success.
TEST_F(HangTest, AProbeThatHangsUnderModprobeCostsItsDeviceAlone) {
  boot(
      "unkillable\nbus pci\ndriver pci e1000\n"
      "device pci 0000:00:11.0\ndevice pci 0000:00:12.0\ndevice pci 0000:00:13.0\n"
      "module slow registers pci slow probe-hang\n"
      "module vfio-pci registers pci vfio-pci\nmodule a-stub registers pci a-stub\n",
      "driver_override=pci,00:11.0=slow driver_override=pci,00:12.0=vfio-pci "
      "driver_override=pci,00:13.0=a-stub");
  apply("2");
  EXPECT_LT(result_.duration, seconds(15));
  EXPECT_EQ(result_.status, 1);
  expect_given_up("00:11.0", "slow", "its probe by \"slow\"");
  EXPECT_EQ(driver("00:12.0"), "vfio-pci") << log();
  EXPECT_EQ(driver("00:13.0"), "a-stub") << log();
  EXPECT_TRUE(is_logged("loading \"a-stub slow vfio-pci\" is taking long")) << log();
}

/// Its module's init hangs at another device, so its file `bind` stays away.
TEST_F(HangTest, WhoWaitsForAModuleBindsNothingOnceGivenUp) {
  boot(
      "unkillable\nbus pci\n"
      "device pci 0000:00:11.0 native=stuck\ndevice pci 0000:00:12.0\n"
      "module slow registers pci slow\nmodule slow registers pci stuck probe-hang\n"
      "fault */drivers/slow/bind open ENOENT\n",
      "driver_override=pci,00:12.0=slow");
  apply("1");
  expect_given_up("00:12.0", "slow", "its probe by \"slow\"");
  std::this_thread::sleep_for(milliseconds(100));
  root_->clear_log();
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(root_->log(), std::vector<std::string>{});
}

/// A driver that is slow, and not stuck: its probe goes on to its end, whoever has given it up.
TEST_F(HangTest, AProbeThatWasGivenUpEndsWell) {
  boot(machine, "driver_override=pci,00:11.0=stuck;pci,00:13.0=pci-stub");
  ASSERT_EQ(root_->write("etc/initrd-release", ""), 0);
  apply("1");
  EXPECT_EQ(result_.status, 0) << log();
  EXPECT_TRUE(is_claimed_as("00:11.0", "waiting"));
  EXPECT_EQ(driver("00:13.0"), "pci-stub");
  root_->end_hangs();
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(driver("00:11.0"), "stuck");
  std::filesystem::remove(root_->path() / "etc/initrd-release");
  EXPECT_EQ(root_->run({"apply", "--finish"}).status, 0) << log();
  EXPECT_TRUE(is_claimed_as("00:11.0", "done"));
  EXPECT_EQ(root_->run({"status"}).status, 0);
}

/// In the real root what has hung before costs a tenth of the time.
TEST_F(HangTest, WhatStillHangsInTheRealRootIsSoonGivenUp) {
  boot(machine, "driver_override=pci,00:11.0=stuck;pci,00:13.0=pci-stub");
  ASSERT_EQ(root_->write("etc/initrd-release", ""), 0);
  apply("2");
  std::filesystem::remove(root_->path() / "etc/initrd-release");
  const auto finish = root_->run({"apply", "--finish", "--timeout", "10"});
  EXPECT_LT(finish.duration, seconds(3));
  EXPECT_EQ(finish.status, 1);
  expect_given_up("00:11.0", "stuck", "reading driver_override");
}

/// `status` asks nothing that hangs.
TEST_F(HangTest, StatusAnswersWhileADeviceHangs) {
  boot(machine, "driver_override=pci,00:11.0=stuck;pci,00:13.0=pci-stub");
  apply("1");
  const auto status = root_->run({"status"});
  EXPECT_LT(status.duration, seconds(7));
  EXPECT_EQ(status.status, 1);
  EXPECT_NE(status.out.find("a reboot may hang"), std::string::npos) << status.out;
}

}  // namespace
