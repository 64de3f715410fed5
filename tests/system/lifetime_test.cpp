// SPDX-License-Identifier: LGPL-2.1-or-later
// How long an override lasts, how it is stopped, and devices that appear late: the program as it is
// shipped, on a sysfs that removes and finds devices again. udev's part is played by the test.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

#include "tests/system/fake_root.hpp"

namespace {

using system_tests::FakeRoot;
using system_tests::RunResult;

constexpr std::string_view machine = R"(
bus pci
driver pci e1000
driver pci pci-stub
device pci 0000:00:10.0 class=0x020000 native=e1000 driver=e1000 modalias=pci:e1000
device pci 0000:00:11.0 class=0x020000 native=e1000 driver=e1000 modalias=pci:e1000
device pci 0000:00:12.0 class=0x020000 native=igb modalias=igb
module igb registers pci igb
)";
constexpr const char* card = "0000:00:10.0";

class LifetimeTest : public system_tests::FakeRootTest {
 protected:
  void boot(std::string_view command_line, std::string_view more = {}) {
    root_.emplace(std::string(machine).append(more), command_line);
    EXPECT_EQ(root_->run({"apply"}).status, 0) << log();
  }

  std::string path(const std::string& device) { return "sys/bus/pci/devices/" + device; }
  std::string override_of(const std::string& device) {
    return root_->read(path(device) + "/driver_override").value_or("?");
  }
  std::string driver(const std::string& device) { return root_->driver("pci", device); }
  std::string log() { return root_->read("dev/kmsg").value_or(""); }
  void clear_log() { ASSERT_EQ(root_->write("dev/kmsg", ""), 0); }

  /// As the kernel list typed it; udev then tells the program.
  void remove_and_rescan(const std::string& device) {
    ASSERT_EQ(root_->write(path(device) + "/remove", "1"), 0);
    ASSERT_EQ(root_->write("sys/bus/pci/rescan", "1"), 0);
    udev(device);
  }

  RunResult udev(const std::string& device, const std::string& uuid = "") {
    std::map<std::string, std::string> environment = {
        {"SUBSYSTEM", "pci"}, {"DEVPATH", "/devices/pci0000:00/" + device}, {"ACTION", "add"}};
    if (!uuid.empty()) environment["SYNTH_UUID"] = uuid;
    const RunResult result = root_->run({"apply", "--udev"}, {.environment = environment});
    EXPECT_EQ(result.out, "");
    return result;
  }

  /// The permissions of what is there, in octal digits; "none" if nothing is.
  std::string mode(const std::string& path) {
    struct stat status {};
    if (::stat((root_->path() / path).c_str(), &status) != 0) return "none";
    std::ostringstream text;
    text << std::oct << (status.st_mode & 07777U);
    return text.str();
  }

  std::optional<FakeRoot> root_;
};

TEST_F(LifetimeTest, WhatIsClearedStaysClearedAcrossRemoveAndRescan) {
  boot("driver_override=pci,0000:00:10.0=pci-stub");
  EXPECT_EQ(driver(card), "pci-stub");
  ASSERT_EQ(root_->write(path(card) + "/driver_override", "\n"), 0);
  clear_log();
  remove_and_rescan(card);
  EXPECT_EQ(override_of(card), "(null)\n");
  EXPECT_EQ(driver(card), "e1000");
  EXPECT_NE(log().find("only with the option sticky"), std::string::npos) << log();
}

TEST_F(LifetimeTest, StickyTakesEachNewDevice) {
  boot("driver_override=pci,0000:00:10.0=pci-stub,sticky");
  for (int round = 0; round < 3; ++round) {
    remove_and_rescan(card);
    EXPECT_EQ(override_of(card), "pci-stub\n");
    EXPECT_EQ(driver(card), "pci-stub");
  }
}

TEST_F(LifetimeTest, ASyntheticEventAppliesNothingAgain) {
  boot("driver_override=pci,0000:00:10.0=pci-stub,sticky");
  ASSERT_EQ(root_->write(path(card) + "/driver_override", "\n"), 0);
  ASSERT_EQ(root_->write("sys/bus/pci/drivers/pci-stub/unbind", card), 0);
  udev(card, "0");
  EXPECT_EQ(override_of(card), "(null)\n");
}

TEST_F(LifetimeTest, ClearEndsStickyToo) {
  boot("driver_override=pci,0000:00:10.0=pci-stub,sticky");
  const RunResult result = root_->run({"clear", "pci,0000:00:10.0"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.err, "driver-override: pci 0000:00:10.0: cleared; \"e1000\" has it\n");
  EXPECT_EQ(override_of(card), "(null)\n");
  EXPECT_EQ(driver(card), "e1000");
  remove_and_rescan(card);
  EXPECT_EQ(override_of(card), "(null)\n");
  EXPECT_EQ(driver(card), "e1000");
}

TEST_F(LifetimeTest, ClearLoadsTheNativeDriver) {
  boot("driver_override=pci,0000:00:12.0=pci-stub");
  EXPECT_EQ(root_->run({"clear", "0000:00:12.0"}).status, 0);
  EXPECT_EQ(driver("0000:00:12.0"), "igb");
}

TEST_F(LifetimeTest, ClearAllGivesEverythingBack) {
  boot("driver_override=pci,0000:00:1?.0=pci-stub");
  EXPECT_EQ(root_->run({"clear", "--all"}).status, 0);
  EXPECT_EQ(driver(card), "e1000");
  EXPECT_EQ(driver("0000:00:11.0"), "e1000");
  EXPECT_EQ(driver("0000:00:12.0"), "igb");
  clear_log();
  EXPECT_EQ(root_->run({"clear", "--all"}).status, 0);
  EXPECT_EQ(log(), "");
}

TEST_F(LifetimeTest, ClearAllTriesAgainWhereTheOverrideStayed) {
  boot("driver_override=pci,0000:00:13.0=pci-stub",
       "device pci 0000:00:13.0 class=0x020000 native=e1000 override=pci-stub driver=pci-stub\n"
       "fault /devices/pci0000:00/0000:00:13.0/driver_override write EIO 1\n");
  const RunResult first = root_->run({"clear", "--all"});
  EXPECT_EQ(first.status, 1);
  EXPECT_EQ(first.err,
            "driver-override: error: pci 0000:00:13.0: not cleared: clearing driver_override: "
            "Input/output error\n");
  EXPECT_EQ(override_of("0000:00:13.0"), "pci-stub\n");
  const RunResult second = root_->run({"clear", "--all"});
  EXPECT_EQ(second.status, 0);
  EXPECT_EQ(second.err, "driver-override: pci 0000:00:13.0: cleared; \"e1000\" has it\n");
  EXPECT_EQ(override_of("0000:00:13.0"), "(null)\n");
  const RunResult third = root_->run({"clear", "--all"});
  EXPECT_EQ(third.status, 0);
  EXPECT_EQ(third.err, "");
}

TEST_F(LifetimeTest, ClearAllTriesAgainWhereTheDriverStayed) {
  boot("driver_override=pci,0000:00:13.0=fixed",
       "driver pci fixed no-unbind\n"
       "device pci 0000:00:13.0 class=0x020000 native=e1000 override=fixed driver=fixed\n");
  for (int round = 0; round < 2; ++round) {
    const RunResult result = root_->run({"clear", "--all"});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(
        result.err,
        "driver-override: error: pci 0000:00:13.0: not cleared: unbinding it from \"fixed\": the "
        "kernel does not offer that for this device\n");
    EXPECT_EQ(driver("0000:00:13.0"), "fixed");
  }
}

TEST_F(LifetimeTest, ClearAllLeavesAStrayFileAlone) {
  boot("driver_override=pci,0000:00:10.0=pci-stub");
  ASSERT_EQ(root_->write("run/driver-override/devices/garbage", "x"), 0);
  const RunResult result = root_->run({"clear", "--all"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.err,
            "driver-override: warning: /run/driver-override/devices/garbage: left alone: no device "
            "has a claim of "
            "that name\n"
            "driver-override: pci 0000:00:10.0: cleared; \"e1000\" has it\n");
  EXPECT_EQ(root_->run({"clear", "garbage"}).status, 1);
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(root_->path() / "run/driver-override/devices"))
    files.push_back(entry.path().filename());
  std::sort(files.begin(), files.end());
  EXPECT_EQ(files, (std::vector<std::string>{"garbage", "pci,0000:00:10.0"}));
}

TEST_F(LifetimeTest, ALateDeviceIsTakenOnce) {
  boot("driver_override=pci,0000:01:00.0=pci-stub");
  EXPECT_NE(log().find("no device matches"), std::string::npos);
  ASSERT_EQ(root_->write("sys/.control",
                         "add pci 0000:01:00.0 class=0x020000 native=e1000 modalias=pci:e1000"),
            0);
  EXPECT_EQ(udev("0000:01:00.0").status, 0);
  EXPECT_EQ(driver("0000:01:00.0"), "pci-stub");
  EXPECT_NE(root_->read("run/driver-override/devices/pci,0000:01:00.0")->find("late yes\n"),
            std::string::npos);
  clear_log();
  EXPECT_EQ(udev("0000:01:00.0").status, 0);
  EXPECT_EQ(log(), "");
  const RunResult status = root_->run({"status"});
  EXPECT_EQ(status.status, 0);
  EXPECT_NE(status.out.find("pci-stub (late)"), std::string::npos) << status.out;
}

TEST_F(LifetimeTest, ALateDeviceIsLeftAloneIfABadRuleOnNoBusMayExemptIt) {
  root_.emplace(machine,
                "driver_override=pci,0000:01:*.*=pci-stub driver_override=pc,0000:01:00.0");
  EXPECT_EQ(root_->run({"apply"}).status, 1);
  ASSERT_EQ(root_->write("sys/.control",
                         "add pci 0000:01:00.0 class=0x020000 native=e1000 modalias=pci:e1000"),
            0);
  EXPECT_EQ(udev("0000:01:00.0").status, 0);
  EXPECT_EQ(override_of("0000:01:00.0"), "(null)\n");
}

TEST_F(LifetimeTest, WithoutAClaimALateDeviceIsNotTouched) {
  for (const char* text : {"\xFF garbage", ""}) {
    boot("driver_override=pci,0000:00:10.0=pci-stub;pci,0000:00:11.0=pci-stub,sticky");
    ASSERT_EQ(root_->write("run/driver-override/devices/pci,0000:00:11.0", text), 0);
    ASSERT_EQ(root_->write(path("0000:00:11.0") + "/remove", "1"), 0);
    ASSERT_EQ(root_->write("sys/bus/pci/rescan", "1"), 0);
    EXPECT_EQ(udev("0000:00:11.0").status, 1);
    EXPECT_EQ(override_of("0000:00:11.0"), "(null)\n");
    EXPECT_NE(log().find("pci 0000:00:11.0: not touched, because it cannot be "
                         "claimed: its claim cannot be read"),
              std::string::npos)
        << log();
  }
}

TEST_F(LifetimeTest, AnEventOfNoRuleIsSilent) {
  boot("driver_override=pci,0000:00:10.0=pci-stub");
  clear_log();
  EXPECT_EQ(udev("0000:00:11.0").status, 0);
  EXPECT_EQ(udev("../../..").status, 0);
  EXPECT_EQ(log(), "");
  EXPECT_EQ(driver("0000:00:11.0"), "e1000");
}

TEST_F(LifetimeTest, WithoutARuleOnlyTheMarkOfTheHookIsMade) {
  boot("quiet");
  EXPECT_FALSE(std::filesystem::exists(root_->path() / "run/udev"));
  EXPECT_TRUE(std::filesystem::exists(root_->path() / "run/driver-override/rules"));
  EXPECT_FALSE(std::filesystem::exists(root_->path() / "run/driver-override/devices"));
}

TEST_F(LifetimeTest, WhateverTheUmaskEverybodyCanReadWhatIsKept) {
  for (const std::string mask : {"077", "777"}) {
    root_.emplace(machine, "driver_override=pci,0000:00:10.0=pci-stub");
    const system_tests::RunOptions masked = {
        .wrapper = {"/bin/sh", "-c", "umask " + mask + "; exec \"$@\"", "sh"}};
    EXPECT_EQ(root_->run({"apply"}, masked).status, 0) << log();
    EXPECT_EQ(root_->run({"save", "pci,0000:00:10.0=pci-stub"}, masked).status, 0);
    for (const std::string folder :
         {"run/driver-override", "run/driver-override/devices", "run/udev", "run/udev/rules.d",
          "etc", "etc/driver-override.d"})
      EXPECT_EQ(mode(folder), "755") << folder << ", umask " << mask;
    for (const std::string file :
         {"run/driver-override/rules", "run/driver-override/devices/pci,0000:00:10.0",
          "run/udev/rules.d/05-driver-override.rules", "etc/driver-override.d/90-saved.conf"})
      EXPECT_EQ(mode(file), "644") << file << ", umask " << mask;
  }
}

TEST_F(LifetimeTest, SetTakesADeviceNowAndStaysInForce) {
  boot("quiet");
  const RunResult result = root_->run({"set", "pci,0000:00:10.0=pci-stub,sticky"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(driver(card), "pci-stub");
  remove_and_rescan(card);
  EXPECT_EQ(driver(card), "pci-stub");
  EXPECT_EQ(root_->run({"status"}).status, 0);
}

TEST_F(LifetimeTest, SetWorksInABootThatWasSwitchedOff) {
  boot("driver_override=off driver_override=pci,0000:00:11.0=pci-stub");
  EXPECT_EQ(driver("0000:00:11.0"), "e1000");
  EXPECT_EQ(root_->run({"set", "pci,0000:00:10.0=pci-stub"}).status, 0);
  EXPECT_EQ(driver(card), "pci-stub");
  EXPECT_EQ(driver("0000:00:11.0"), "e1000");
}

TEST_F(LifetimeTest, SetCanLeaveTheDriverAlone) {
  boot("quiet");
  const RunResult result = root_->run({"set", "--noprobe", "pci,0000:00:10.0=pci-stub"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(override_of(card), "pci-stub\n");
  EXPECT_EQ(driver(card), "e1000");
  EXPECT_NE(log().find("<30>driver-override: 1 written, 0 left alone, 0 failed\n"),
            std::string::npos)
      << log();
}

TEST_F(LifetimeTest, SetAsksUdevToReadItsRulesAnew) {
  boot("quiet");
  const std::string program = (root_->path() / "sbin/udevadm").string();
  ASSERT_EQ(root_->write("sbin/udevadm", "#!/bin/sh\necho \"$@\" >>" + program + ".log\n"), 0);
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  EXPECT_EQ(root_->run({"set", "pci,0000:00:10.0=pci-stub,sticky"}).status, 0);
  EXPECT_EQ(root_->read("sbin/udevadm.log"), "control --reload\n");
}

TEST_F(LifetimeTest, SetKeepsAnExemptionInForce) {
  boot("driver_override=pci,0000:00:12.0=pci-stub,sticky");
  const RunResult result = root_->run({"set", "pci,0000:00:12.0="});
  EXPECT_EQ(result.status, 0) << result.err;
  remove_and_rescan("0000:00:12.0");
  EXPECT_EQ(driver("0000:00:12.0"), "");
}

TEST_F(LifetimeTest, SetKeepsARuleForADeviceThatIsNotThereYet) {
  boot("quiet");
  ASSERT_EQ(root_->write(path(card) + "/remove", "1"), 0);
  EXPECT_EQ(root_->run({"set", "pci,0000:00:10.0=pci-stub,sticky"}).status, 0);
  ASSERT_EQ(root_->write("sys/bus/pci/rescan", "1"), 0);
  udev(card);
  EXPECT_EQ(driver(card), "pci-stub");
  ASSERT_EQ(root_->write(path("0000:00:11.0") + "/remove", "1"), 0);
  const RunResult result = root_->run({"set", "pci,0000:00:11.0=pci-stub"});
  EXPECT_EQ(result.status, 1) << "not sticky: a slip, perhaps";
  EXPECT_NE(result.err.find("no device matches"), std::string::npos) << result.err;
}

TEST_F(LifetimeTest, SetOfAListWithASlipTakesTheRestAndFails) {
  boot("quiet");
  const RunResult result = root_->run({"set", "pci,0000:00:10.0,0000:00:1f.0=pci-stub"});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("no device matches \"0000:00:1f.0\" in "), std::string::npos)
      << result.err;
  EXPECT_EQ(driver(card), "pci-stub");
}

TEST_F(LifetimeTest, ManyAtOnceLoseNoRule) {
  for (int round = 0; round < 10; ++round) {
    boot("quiet");
    std::string all =
        "for f in 0 1 2 3 4 5; do \"$@\" \"pci,0000:01:00.$f=pci-stub,sticky\" & done; wait";
    (void)root_->run({"set"}, {.wrapper = {"/bin/sh", "-c", all, "sh"}});
    const std::string rules = root_->read("run/driver-override/rules").value_or("");
    for (const char* function : {"0", "1", "2", "3", "4", "5"})
      EXPECT_NE(rules.find(std::string("01:00.") + function), std::string::npos) << rules;
  }
}

TEST_F(LifetimeTest, APatternReplacesWhatWeHaveWritten) {
  boot("quiet");
  EXPECT_EQ(root_->run({"set", "pci,00:1[12].0=pci-stub"}).status, 1);
  EXPECT_EQ(root_->run({"set", "pci,00:12*.0=pci-stub"}).status, 0);
  EXPECT_EQ(root_->run({"set", "pci,00:12*.0=e1000"}).status, 0);
  EXPECT_EQ(override_of("0000:00:12.0"), "e1000\n");
  EXPECT_EQ(driver("0000:00:12.0"), "e1000");
  const RunResult plan = root_->run({"plan", "--only", "pci,00:12*.0=pci-stub"});
  EXPECT_NE(plan.out.find("set   pci 0000:00:12.0: e1000 -> pci-stub"), std::string::npos)
      << plan.out;
}

TEST_F(LifetimeTest, SetDoesNotReplaceRulesThatItCannotRead) {
  boot("driver_override=pci,0000:00:11.0=pci-stub");
  ASSERT_EQ(root_->write("run/driver-override/rules", "garbage"), 0);
  EXPECT_EQ(root_->run({"set", "pci,0000:00:10.0=pci-stub"}).status, 1);
  EXPECT_EQ(root_->read("run/driver-override/rules"), "garbage");
  EXPECT_EQ(driver(card), "e1000");
}

TEST_F(LifetimeTest, SetRefusesABadRuleAndNoDevice) {
  boot("quiet");
  EXPECT_EQ(root_->run({"set", "pci,0000:00:10.0==x"}).status, 1);
  EXPECT_EQ(root_->run({"set", "pci,0000:00:1f.0=pci-stub"}).status, 1);
  EXPECT_EQ(root_->run({"set"}).status, 2);
  EXPECT_EQ(root_->run({"clear"}).status, 2);
  EXPECT_EQ(driver(card), "e1000");
}

}  // namespace
