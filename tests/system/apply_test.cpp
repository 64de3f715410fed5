// SPDX-License-Identifier: LGPL-2.1-or-later
// `apply` as it is shipped, on a sysfs that answers: what it touches, in which order, and what it
// does if the kernel refuses. A further fault of the real program belongs here.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/system/fake_root.hpp"

namespace {

using system_tests::FakeRoot;
using system_tests::RunResult;
using Lines = std::vector<std::string>;

/// Four equal cards that e1000 has, a root disk, a bridge, and devices of other buses.
constexpr std::string_view machine = R"(
bus pci
bus platform
bus usb no-override
driver pci e1000
driver pci nvme
driver pci pcieport
driver platform serial8250
device pci 0000:00:10.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:11.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:12.0 class=0x020000 native=e1000
device pci 0000:00:13.0 class=0x020000 native=e1000
device pci 0000:00:14.0 class=0x010802 native=nvme driver=nvme
device pci 0000:00:15.0 class=0x060400 native=pcieport driver=pcieport
device platform pcspkr
device platform serial.0 native=serial8250 driver=serial8250
device platform qcom%2csmem
device usb 1-1
module pci-stub registers pci pci-stub
module vfio-platform registers platform vfio-platform
module e1000 registers pci e1000
)";

class ApplyTest : public system_tests::FakeRootTest {
 protected:
  /// Boots the machine, with more lines to its description, and applies the command line.
  void apply(std::string_view command_line, std::string_view more = {}) {
    root_.emplace(std::string(machine).append(more), command_line);
    result_ = root_->run({"apply"});
  }

  std::string override_of(const std::string& bus, const std::string& device) {
    return root_->read("sys/bus/" + bus + "/devices/" + device + "/driver_override").value_or("?");
  }
  std::string driver(const std::string& slot) { return root_->driver("pci", "0000:00:" + slot); }
  std::string log() { return root_->read("dev/kmsg").value_or(""); }

  /// What was written below sys/ so far, "PATH DATA" without the folders in front.
  Lines writes() {
    Lines found;
    for (const std::string& line : root_->log())
      if (line.rfind("write ", 0) == 0) found.push_back(line.substr(line.find("00:") + 3));
    return found;
  }

  std::optional<FakeRoot> root_;
  RunResult result_;
};

TEST_F(ApplyTest, ExactlyTheNamedCardsGetTheDriver) {
  apply("quiet driver_override=pci,0000:00:11.0,00:13.0=pci-stub");
  EXPECT_EQ(result_.status, 0) << log();
  EXPECT_EQ(driver("10.0"), "e1000");
  EXPECT_EQ(driver("11.0"), "pci-stub");
  EXPECT_EQ(driver("12.0"), "");
  EXPECT_EQ(driver("13.0"), "pci-stub");
  EXPECT_EQ(override_of("pci", "0000:00:10.0"), "(null)\n");
  EXPECT_EQ(root_->read("modprobe.log"), "-a -- pci-stub\n");
}

TEST_F(ApplyTest, AnExactAddressOpensOnlyItsDevice) {
  apply("driver_override=pci,0000:00:13.0=pci-stub");
  ASSERT_EQ(result_.status, 0);
  for (const std::string& line : root_->log()) {
    EXPECT_EQ(line.rfind("list ", 0), std::string::npos) << line;
    for (const char* other : {"10.0", "11.0", "12.0", "14.0", "15.0"})
      EXPECT_EQ(line.find("00:" + std::string(other)), std::string::npos) << line;
  }
}

TEST_F(ApplyTest, EveryOverrideIsWrittenBeforeAnyModuleIsLoaded) {
  apply("driver_override=pci,00:12.0=pci-stub;platform,pcspkr=vfio-platform;pci,00:13.0=pci-stub");
  const Lines lines = root_->log();
  const auto load = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.rfind("load ", 0) == 0;
  });
  const auto overrides = [](const auto& from, const auto& to) {
    return std::count_if(from, to, [](const std::string& line) {
      return line.rfind("write ", 0) == 0 && line.find("driver_override") != std::string::npos;
    });
  };
  EXPECT_EQ(overrides(lines.begin(), load), 3);
  EXPECT_EQ(overrides(load, lines.end()), 0);
  EXPECT_EQ(root_->read("modprobe.log"), "-a -- pci-stub vfio-platform\n");
  EXPECT_EQ(root_->driver("platform", "pcspkr"), "vfio-platform");
}

TEST_F(ApplyTest, ADriverIsLoadedByTheNameOfItsModule) {
  apply("driver_override=pci,00:12.0=gvnic;pci,00:13.0=i801_smbus,module=mine",
        "module gve registers pci gvnic\nmodule mine registers pci i801_smbus\n");
  EXPECT_EQ(root_->read("modprobe.log"), "-a -- gve mine\n");
  EXPECT_EQ(driver("12.0"), "gvnic");
  EXPECT_EQ(driver("13.0"), "i801_smbus");
}

TEST_F(ApplyTest, APatternSparesTheBridgeAndTheDisk) {
  apply("driver_override=pci,00:1?.0=pci-stub;pci,00:12.0=");
  EXPECT_EQ(result_.status, 0);
  EXPECT_EQ(driver("10.0"), "pci-stub");
  EXPECT_EQ(driver("12.0"), "");
  EXPECT_EQ(driver("14.0"), "nvme");
  EXPECT_EQ(driver("15.0"), "pcieport");
  EXPECT_EQ(override_of("pci", "0000:00:12.0"), "(null)\n");
  EXPECT_NE(log().find("pci 0000:00:15.0: left alone: a pattern takes no bridge from its driver"),
            std::string::npos);
}

TEST_F(ApplyTest, TheFormOfThePatch) {
  apply("pci=noaer,driver[00:11.0]=pci-stub,driver[0000:00:12.*]=pci-stub");
  EXPECT_EQ(result_.status, 0);
  EXPECT_EQ(driver("11.0"), "pci-stub");
  EXPECT_EQ(driver("12.0"), "pci-stub");
}

TEST_F(ApplyTest, NamesWithCommasAreWrittenDecoded) {
  apply("driver_override=platform,qcom%2csmem=vfio-platform");
  EXPECT_EQ(result_.status, 0) << log();
  EXPECT_EQ(root_->driver("platform", "qcom,smem"), "vfio-platform");
}

TEST_F(ApplyTest, TheSecondRunChangesNothingAndSaysSo) {
  apply("driver_override=pci,00:1[0-3].0=x;pci,00:1?.0=pci-stub;platform,pcspkr=vfio-platform");
  root_->clear_log();
  ASSERT_EQ(root_->write("dev/kmsg", ""), 0);
  EXPECT_EQ(root_->run({"apply"}).status, 1);  // the first rule is bad, both times
  EXPECT_EQ(writes(), Lines{});
  EXPECT_NE(log().find("5 bound already"), std::string::npos) << log();
}

TEST_F(ApplyTest, AnOverrideOfOthersThatIsReplacedIsTold) {
  apply("driver_override=pci,0000:07:00.0=pci-stub;pci,0000:00:13.0=pci-stub",
        "device pci 0000:07:00.0 class=0x020000 native=e1000 override=vfio-pci\n");
  EXPECT_NE(log().find("pci 0000:07:00.0: bound to \"pci-stub\"; its override was \"vfio-pci\"\n"),
            std::string::npos)
      << log();
  EXPECT_NE(log().find("pci 0000:00:13.0: bound to \"pci-stub\"\n"), std::string::npos) << log();
}

TEST_F(ApplyTest, TheKillSwitchTouchesNothing) {
  apply("driver_override=pci,00:11.0=pci-stub x=\"y driver_override=Off\"");
  EXPECT_EQ(result_.status, 0);
  EXPECT_EQ(root_->log(), Lines{});
  EXPECT_NE(log().find("switched off"), std::string::npos);
}

TEST_F(ApplyTest, WithoutRulesItDoesNothingAndIsSilent) {
  apply("quiet root=/dev/sda1 pci=noaer");
  EXPECT_EQ(result_.status, 0);
  EXPECT_EQ(root_->log(), Lines{});
  EXPECT_EQ(log() + result_.out + result_.err, "");
}

TEST_F(ApplyTest, ABadRuleCostsItselfAlone) {
  apply("driver_override=pci,00:10.0==x;pci,00:11.0=pci-stub");
  EXPECT_EQ(result_.status, 1);
  EXPECT_EQ(driver("10.0"), "e1000");
  EXPECT_EQ(driver("11.0"), "pci-stub");
  EXPECT_NE(log().find("<27>driver-override: 1 rule left out, 1 applied\n"), std::string::npos);
}

TEST_F(ApplyTest, ABadExceptionHoldsTheWildcardBeforeIt) {
  apply("driver_override=pci,00:1?.0=pci-stub;pci,00:1z.0=;pci,00:13.0=pci-stub");
  EXPECT_EQ(result_.status, 1);
  EXPECT_EQ(driver("12.0"), "");
  EXPECT_EQ(driver("13.0"), "pci-stub");
  EXPECT_EQ(override_of("pci", "0000:00:12.0"), "(null)\n");
}

TEST_F(ApplyTest, ABadRuleOfIdsLeavesItsCardsAlone) {
  apply("driver_override=pci,01:0?.0=pci-stub;pci,pci:10de:2204=x,shiny",
        "device pci 0000:01:00.0 class=0x030000 vendor=0x10de device=0x2204\n"
        "device pci 0000:01:01.0 class=0x030000 vendor=0x10de device=0x2205\n");
  EXPECT_EQ(override_of("pci", "0000:01:00.0"), "(null)\n");
  EXPECT_EQ(override_of("pci", "0000:01:01.0"), "pci-stub\n");
}

TEST_F(ApplyTest, ASpoiltExceptionHoldsBackARangeASlotAndIds) {
  const std::string more = "device pci 0000:01:00.0 class=0x030000 vendor=0x10de device=0x2204\n";
  for (const char* wide : {"00:10-13.0", "00:12", "pci:10de:2204"}) {
    apply("driver_override=pci," + std::string(wide) +
              "=pci-stub driver_override=pci,00:13.0=pci-stub driver_override=pci,00:12.o=",
          more);
    EXPECT_EQ(result_.status, 1);
    EXPECT_EQ(override_of("pci", "0000:00:12.0"), "(null)\n") << wide;
    EXPECT_EQ(override_of("pci", "0000:01:00.0"), "(null)\n") << wide;
    EXPECT_EQ(override_of("pci", "0000:00:13.0"), "pci-stub\n") << wide;
  }
}

TEST_F(ApplyTest, AFileThatCannotBeReadHoldsBackPatterns) {
  const auto with_files = [&](const std::string& make) {
    root_.emplace(std::string(machine), "driver_override=pci,00:13.0=pci-stub");
    const std::string folder = (root_->path() / "etc/driver-override.d").string();
    ASSERT_EQ(root_->write("etc/driver-override.d/10-all.conf", "pci,00:1?.0=pci-stub\n"), 0);
    ASSERT_EQ(std::system(("cd " + folder + " && " + make).c_str()), 0);
    EXPECT_EQ(root_->run({"apply"}).status, 1) << make;
    EXPECT_EQ(override_of("pci", "0000:00:12.0"), "(null)\n") << make;
    EXPECT_EQ(override_of("pci", "0000:00:13.0"), "pci-stub\n") << make;
    EXPECT_NE(log().find("/etc/driver-override.d/20-except.conf: "), std::string::npos) << make;
  };
  with_files("ln -s nowhere 20-except.conf");
  with_files("mkdir 20-except.conf");
  with_files("head -c 1100000 /dev/zero | tr '\\0' '#' >20-except.conf");
}

TEST_F(ApplyTest, NamesOfFilesReachTheLogAsText) {
  root_.emplace(std::string(machine), "quiet");
  const std::string folder = (root_->path() / "etc/driver-override.d/").string();
  std::filesystem::create_directories(folder);
  std::filesystem::create_symlink("nowhere", folder + "10\n<27>evil\x1b[31m.conf");
  ASSERT_EQ(root_->write("etc/driver-override.d/20\x1b.conf", "pci,00:1o.0=x\n"), 0);
  EXPECT_EQ(root_->run({"apply"}).status, 1);
  EXPECT_EQ(log().find('\x1b'), std::string::npos) << log();
  EXPECT_EQ(log().find("\n<27>evil"), std::string::npos) << log();
  EXPECT_NE(log().find("/etc/driver-override.d/20%1B.conf:1"), std::string::npos) << log();
  const RunResult check = root_->run({"check"});
  EXPECT_EQ((check.out + check.err).find('\x1b'), std::string::npos) << check.err;
}

TEST_F(ApplyTest, AnUnreadableCommandLineMayHoldTheKillSwitch) {
  root_.emplace(std::string(machine), "quiet");
  std::filesystem::remove(root_->path() / "proc/cmdline");
  std::filesystem::create_directory(root_->path() / "proc/cmdline");
  ASSERT_EQ(root_->write("etc/driver-override.d/10.conf", "pci,0000:00:12.0=pci-stub\n"), 0);
  EXPECT_EQ(root_->run({"apply"}).status, 1);
  EXPECT_EQ(override_of("pci", "0000:00:12.0"), "(null)\n");
  EXPECT_NE(log().find("/proc/cmdline cannot be read, and may say driver_override=off; no rule is "
                       "applied"),
            std::string::npos);
}

TEST_F(ApplyTest, AReadOnlySysIsSaidForEachDevice) {
  apply("driver_override=pci,00:11.0,00:12.0=pci-stub", "readonly\n");
  EXPECT_EQ(result_.status, 1);
  for (const char* slot : {"11.0", "12.0"})
    EXPECT_NE(log().find("pci 0000:00:" + std::string(slot) +
                         ": not bound to \"pci-stub\": writing driver_override: Read-only file "
                         "system"),
              std::string::npos)
        << log();
  EXPECT_EQ(root_->read("modprobe.log"), std::nullopt);
}

TEST_F(ApplyTest, ADeviceThatVanishesCostsItselfAlone) {
  apply("driver_override=pci,00:12.0,00:13.0=pci-stub",
        "fault *0000:00:12.0/driver_override write vanish\n");
  EXPECT_EQ(result_.status, 1);
  EXPECT_NE(log().find("pci 0000:00:12.0: not bound to \"pci-stub\": writing driver_override: the "
                       "device has gone"),
            std::string::npos)
      << log();
  EXPECT_EQ(driver("13.0"), "pci-stub");
}

TEST_F(ApplyTest, ABusWithoutOverridesIsNamed) {
  apply("driver_override=usb,1-1=usbfs;pci,00:13.0=pci-stub");
  EXPECT_EQ(result_.status, 1);
  EXPECT_NE(log().find("devices of the bus \"usb\" take no override"), std::string::npos) << log();
  EXPECT_EQ(driver("13.0"), "pci-stub");
}

TEST_F(ApplyTest, AnUnknownBusAndAnUnknownDeviceAreSaid) {
  apply("driver_override=pic,00:11.0=pci-stub;pci,00:1f.7=pci-stub");
  EXPECT_EQ(result_.status, 0);
  EXPECT_NE(log().find("no device matches \"pic,00:11.0=pci-stub\": there is no bus \"pic\""),
            std::string::npos);
  EXPECT_NE(log().find("no device matches \"pci,00:1f.7=pci-stub\"\n"), std::string::npos);
}

TEST_F(ApplyTest, WhatAListSpellsOutInVainIsSaid) {
  apply("driver_override=pci,00:11.0,00:1f.7,00:13.0=pci-stub");
  EXPECT_EQ(result_.status, 0);
  EXPECT_NE(
      log().find("no device matches \"00:1f.7\" in \"pci,00:11.0,00:1f.7,00:13.0=pci-stub\"\n"),
      std::string::npos)
      << log();
  EXPECT_EQ(driver("11.0"), "pci-stub");
  EXPECT_EQ(driver("13.0"), "pci-stub");
}

TEST_F(ApplyTest, EachOfAFewExemptionsIsSaid) {
  apply("driver_override=pci,00:11-13.0=pci-stub driver_override=pci,00:11.0,00:12.0=");
  EXPECT_EQ(driver("13.0"), "pci-stub");
  for (const char* spared : {"11.0", "12.0"})
    EXPECT_NE(
        log().find(std::string("pci 0000:00:") + spared + ": left alone: a rule exempts it\n"),
        std::string::npos)
        << log();
}

TEST_F(ApplyTest, AnExemptionAheadOfItsWildcardIsSaid) {
  apply("driver_override=pci,00:11.0= driver_override=pci,00:11-13.0=pci-stub");
  EXPECT_EQ(driver("11.0"), "pci-stub");
  EXPECT_NE(log().find("\"pci,00:11.0=\" does not exempt pci 0000:00:11.0: "
                       "\"pci,00:11-13.0=pci-stub\" comes later and takes it\n"),
            std::string::npos)
      << log();
}

TEST_F(ApplyTest, ADriverThatCannotBeLoadedLeavesTheDeviceAsItIs) {
  apply("driver_override=pci,00:11.0=no-such-driver");
  EXPECT_EQ(result_.status, 1);
  EXPECT_EQ(driver("11.0"), "e1000");
  EXPECT_EQ(override_of("pci", "0000:00:11.0"), "no-such-driver\n");
  EXPECT_NE(log().find("the driver \"no-such-driver\" is not there: modprobe ended with status 1"),
            std::string::npos);
}

TEST_F(ApplyTest, ADriverWithTheNameOfAnOptionIsNoOption) {
  apply("driver_override=pci,00:12.0=-r");
  EXPECT_EQ(result_.status, 1);
  EXPECT_EQ(root_->read("modprobe.log"), "-a -- -r\n");
}

TEST_F(ApplyTest, ALinkOutOfTheRootIsNotFollowed) {
  namespace fs = std::filesystem;
  const fs::path outside = fs::path(testing::TempDir()) / "driver-override-outside";
  fs::create_directories(outside);
  root_.emplace(machine, "driver_override=pci,00:12.0=pci-stub");
  fs::remove(root_->path() / "sbin/modprobe");
  fs::create_symlink("/bin/sh", root_->path() / "sbin/modprobe");
  result_ = root_->run({"apply"});
  EXPECT_EQ(result_.status, 1);
  EXPECT_NE(log().find("modprobe could not be run: No such file or directory"), std::string::npos)
      << log();
  fs::remove_all(outside);
}

TEST_F(ApplyTest, WithoutKmsgTheReportGoesToStandardError) {
  root_.emplace(machine, "driver_override=pci,00:12.0=pci-stub");
  std::filesystem::remove(root_->path() / "dev/kmsg");
  result_ = root_->run({"apply"});
  EXPECT_NE(result_.err.find("driver-override: pci 0000:00:12.0: bound to \"pci-stub\"\n"),
            std::string::npos);
}

TEST_F(ApplyTest, WithoutProcNothingIsDone) {
  root_.emplace(machine, "driver_override=pci,00:12.0=pci-stub");
  std::filesystem::remove_all(root_->path() / "proc");
  EXPECT_EQ(root_->run({"apply"}).status, 0);
  EXPECT_EQ(root_->log(), Lines{});
}

TEST_F(ApplyTest, AnotherCommandLineReplacesThatOfProc) {
  root_.emplace(machine, "driver_override=pci,00:12.0=pci-stub");
  EXPECT_EQ(root_->run({"apply", "--cmdline", "driver_override=pci,00:13.0=pci-stub"}).status, 0);
  EXPECT_EQ(driver("12.0"), "");
  EXPECT_EQ(driver("13.0"), "pci-stub");
  EXPECT_EQ(root_
                ->run({"apply", "--cmdline-file", "-"},
                      {.input = "driver_override=pci,00:12.0=pci-stub\n"})
                .status,
            0);
  EXPECT_EQ(driver("12.0"), "pci-stub");
}

TEST_F(ApplyTest, ALineOfGarbageTouchesNothing) {
  std::string line = "driver_override=";
  while (line.size() < 65536) line += "\xFF[;,=*/..%00\"pci,";
  apply(line);
  EXPECT_EQ(result_.status, 1);
  EXPECT_EQ(writes(), Lines{});
  EXPECT_LT(log().size(), 65536U);
}

TEST_F(ApplyTest, MessagesBeyondSixteenAreCounted) {
  std::string line;
  for (int i = 0; i < 17; ++i) line += " driver_override=pci";
  apply(line);
  EXPECT_NE(log().find("<27>driver-override: 1 more message; \"driver-override check\" shows them"),
            std::string::npos)
      << log();
  apply(line + " driver_override=pci");
  EXPECT_NE(log().find("<27>driver-override: 2 more messages; \""), std::string::npos) << log();
}

TEST_F(ApplyTest, ManyDevicesAreSummedUp) {
  std::string more;
  for (int i = 0; i < 40; ++i) more += "device platform many." + std::to_string(i) + "\n";
  apply("driver_override=platform,many.*=vfio-platform", more);
  EXPECT_EQ(result_.status, 0);
  EXPECT_NE(log().find("\"platform,many.*=vfio-platform\" takes 40 devices"), std::string::npos);
  EXPECT_NE(log().find("40 bound, 0 bound already, 0 left alone, 0 failed"), std::string::npos);
  EXPECT_EQ(log().find("many.7:"), std::string::npos);
  EXPECT_EQ(log().find("left alone\n"), std::string::npos);
}

TEST_F(ApplyTest, ThoseOfManyThatAreLeftAloneAreCounted) {
  std::string more;
  for (int i = 0; i < 40; ++i) more += "device platform many." + std::to_string(i) + "\n";
  const std::string rule = "driver_override=platform,many.*=vfio-platform";
  apply(rule + " driver_override=platform,many.7=", more);
  EXPECT_NE(log().find("\"platform,many.*=vfio-platform\" takes 39 devices"), std::string::npos);
  EXPECT_NE(log().find("driver-override: 1 device is left alone\n"), std::string::npos) << log();
  apply(rule + " driver_override=platform,many.7,many.8=", more);
  EXPECT_NE(log().find("driver-override: 2 devices are left alone\n"), std::string::npos) << log();
  EXPECT_NE(log().find("38 bound, 0 bound already, 2 left alone, 0 failed"), std::string::npos);
  apply(rule + " driver_override=platform,many.7=pci-stub", more);
  EXPECT_NE(log().find("\"platform,many.7=pci-stub\" takes 1 device\n"), std::string::npos)
      << log();
}

TEST_F(ApplyTest, ClosedDescriptorsAreNoFilesOfItsOwn) {
  // What starts an initramfs without a console has none of them.
  for (unsigned closed = 1; closed < 8; ++closed) {
    std::string redirections;
    for (unsigned number = 0; number < 3; ++number)
      if ((closed >> number & 1U) != 0) redirections += " " + std::to_string(number) + ">&-";
    SCOPED_TRACE(redirections);
    root_.emplace(machine, "driver_override=pci,00:10.0,00:12.0=pci-stub;platform,pcspkr=none");
    result_ =
        root_->run({"apply"}, {.wrapper = {"/bin/sh", "-c", "exec \"$@\"" + redirections, "sh"}});
    EXPECT_EQ(result_.status, 0) << log();
    EXPECT_EQ(driver("10.0"), "pci-stub");
    EXPECT_EQ(driver("12.0"), "pci-stub");
    EXPECT_EQ(override_of("platform", "pcspkr"), "none\n");
    EXPECT_NE(log().find("3 bound, 0 bound already, 0 left alone, 0 failed"), std::string::npos)
        << log();
  }
}

}  // namespace
