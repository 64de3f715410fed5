// SPDX-License-Identifier: LGPL-2.1-or-later
// `apply --finish`: what the real root does of what the image could not, and what it leaves alone.
#include <filesystem>

#include "tests/system/boot_root.hpp"

namespace {

using system_tests::RunResult;
using Lines = std::vector<std::string>;

constexpr std::string_view root_mount =
    "22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p1 rw\n";

class FinishTest : public system_tests::BootTest {
 protected:
  RunResult finish() { return root_->run({"apply", "--finish", "--timeout", "2"}); }

  void change_claim(const std::string& slot, const std::string& from, const std::string& to) {
    const std::string path = "run/driver-override/devices/pci,0000:00:" + slot;
    std::string text = root_->read(path).value_or("");
    ASSERT_NE(text.find(from), std::string::npos) << text;
    put(path, text.replace(text.find(from), from.size(), to));
  }
};

TEST_F(FinishTest, WhatWaitedIsDoneInTheRealRoot) {
  EXPECT_EQ(apply_in_image("driver_override=pci,00:11.0,00:12.0=pci-stub").status, 0);
  EXPECT_EQ(driver("11.0"), "e1000");
  EXPECT_EQ(driver("12.0"), "");
  EXPECT_EQ(claim("11.0"), "state waiting");
  EXPECT_NE(log().find("pci 0000:00:12.0: override \"pci-stub\" is set and waits: the driver "
                       "\"pci-stub\" is not there: modprobe could not be run"),
            std::string::npos)
      << log();
  EXPECT_NE(log().find("0 bound, 0 bound already, 0 left alone, 2 waiting, 0 failed"),
            std::string::npos)
      << log();
  switch_root();
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(driver("11.0"), "pci-stub");
  EXPECT_EQ(driver("12.0"), "pci-stub");
  EXPECT_EQ(claim("11.0"), "state done");
  EXPECT_EQ(claim("12.0"), "state done");
  EXPECT_NE(log().find("2 bound, 0 bound already"), std::string::npos) << log();
}

TEST_F(FinishTest, WithoutAnEarlyHookItDoesAllTheWork) {
  start("driver_override=pci,00:11.0=pci-stub driver_override=pci,00:12.0=vfio-pci");
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(driver("11.0"), "pci-stub");
  EXPECT_EQ(driver("12.0"), "vfio-pci");
  EXPECT_EQ(claim("11.0"), "state done");
  EXPECT_NE(root_->read("run/driver-override/rules"), std::nullopt);
}

TEST_F(FinishTest, WithoutRulesItIsSilent) {
  start("quiet");
  const RunResult result = finish();
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out + result.err + log(), "");
  EXPECT_EQ(root_->log(), Lines{});
}

TEST_F(FinishTest, ADriverThatIsMissingThereTooHasFailed) {
  EXPECT_EQ(apply_in_image("driver_override=pci,00:12.0=no-such-driver").status, 0);
  EXPECT_EQ(claim("12.0"), "state waiting");
  switch_root();
  EXPECT_EQ(finish().status, 1);
  EXPECT_EQ(claim("12.0"), "state failed");
  EXPECT_NE(log().find("not bound to \"no-such-driver\""), std::string::npos) << log();
}

TEST_F(FinishTest, OnlyWhatWaitsIsTouched) {
  EXPECT_EQ(apply_in_image("driver_override=pci,00:10.0,00:12.0=vfio-pci;pci,00:13.0=stuck;"
                           "pci,00:16.*=vfio-pci;pci,00:17.0=pci-stub",
                           "device pci 0000:00:16.0 class=0x020000 override=other\n"
                           "device pci 0000:00:17.0 class=0x020000\n"
                           "fault *0000:00:12.0/driver_override write EIO 1\n")
                .status,
            1);
  EXPECT_EQ(claim("10.0"), "state done");
  EXPECT_EQ(claim("12.0"), "state failed");
  EXPECT_EQ(claim("13.0"), "state waiting");
  EXPECT_EQ(claim("16.0"), "state left-alone");
  EXPECT_EQ(claim("17.0"), "state waiting");
  put(device_file("10.0", "driver_override"), "\n");
  switch_root();
  EXPECT_EQ(finish().status, 1);
  EXPECT_EQ(claim("13.0"), "state unfinished");
  EXPECT_EQ(driver("17.0"), "pci-stub");
  for (const std::string& line : root_->log()) {
    const bool touches = line.starts_with("write ") || line.find("driver_override") < line.size();
    EXPECT_TRUE(!touches || line.find("00:17.0") < line.size() ||
                line.find("00:13.0") < line.size())
        << line;
  }
  EXPECT_EQ(root_->read(device_file("10.0", "driver_override")), "(null)\n");
}

TEST_F(FinishTest, TheSecondTimeItChangesNothingAndIsSilent) {
  apply_in_image("driver_override=pci,00:1[0-3].0=x;pci,00:1?.0=pci-stub;pci,00:1f.0=a");
  switch_root();
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(driver("13.0"), "pci-stub");
  const auto saved = root_->read("run/driver-override/rules");
  forget_log();
  const RunResult result = finish();
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out + result.err + log(), "");
  EXPECT_EQ(writes(), Lines{});
  EXPECT_EQ(root_->read("run/driver-override/rules"), saved);
}

TEST_F(FinishTest, TheRulesOfTheImageStayInForce) {
  apply_in_image("driver_override=pci,00:12.0=pci-stub");
  switch_root();
  put("proc/cmdline", "driver_override=pci,00:13.0=vfio-pci driver_override=off\n");
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(driver("12.0"), "pci-stub");
  EXPECT_EQ(driver("13.0"), "");
}

TEST_F(FinishTest, TheRootsOwnRulesTakeWhatNoRuleOfTheImageNames) {
  apply_in_image("driver_override=pci,00:12.0=vfio-pci driver_override=pci,00:13.0=");
  switch_root();
  put("etc/driver-override.d/host.conf",
      "pci,00:1[0-3].0=x\npci,00:10-13.0=pci-stub\npci,00:1f.0=a\n");
  EXPECT_EQ(finish().status, 1);  // the first is bad
  EXPECT_EQ(driver("10.0"), "pci-stub");
  EXPECT_EQ(driver("11.0"), "pci-stub");
  EXPECT_EQ(driver("12.0"), "vfio-pci");
  EXPECT_EQ(driver("13.0"), "");
  EXPECT_NE(log().find("2 devices are taken late, by rules in files that the image lacks\n"),
            std::string::npos)
      << log();
  EXPECT_NE(log().find("no device matches \"pci,00:1f.0=a\""), std::string::npos) << log();
  EXPECT_NE(root_->read("run/udev/rules.d/05-driver-override.rules")->find("0000:00:??.0"),
            std::string::npos);
  const RunResult status = root_->run({"status"});
  EXPECT_NE(status.out.find("pci 0000:00:10.0: pci-stub (late)"), std::string::npos) << status.out;
  EXPECT_NE(status.err.find("the rules in files are not those of the image"), std::string::npos)
      << status.err;
}

TEST_F(FinishTest, AnExemptionThatComesTooLateIsSaid) {
  start("driver_override=pci,00:10-11.0=vfio-pci");
  put("etc/driver-override.d/20-image.conf", "pci,00:12-13.0=vfio-pci\n");
  EXPECT_EQ(apply_in_started_image().status, 0);
  switch_root();
  put("etc/driver-override.d/30-host.conf", "pci,00:12.0=\npci,00:11.0=\n");
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(driver("12.0"), "vfio-pci");
  // A new image would help.
  EXPECT_NE(log().find("\"pci,00:12.0=\" does not exempt pci 0000:00:12.0: the image has "
                       "\"pci,00:12-13.0=vfio-pci\", and lacks the exemption\n"),
            std::string::npos)
      << log();
  // It would not.
  EXPECT_NE(log().find("\"pci,00:11.0=\" does not exempt pci 0000:00:11.0: "
                       "\"pci,00:10-11.0=vfio-pci\" comes later and takes it\n"),
            std::string::npos)
      << log();
}

TEST_F(FinishTest, TheRootsOwnRulesSpareWhatIsInUse) {
  apply_in_image("quiet");
  switch_root();
  put("etc/driver-override.d/host.conf", "pci,00:14.0=pci-stub\npci,00:12.0=pci-stub\n");
  put("proc/self/mountinfo", root_mount);
  EXPECT_EQ(finish().status, 1);
  EXPECT_EQ(driver("14.0"), "nvme");
  EXPECT_EQ(driver("12.0"), "pci-stub");
}

TEST_F(FinishTest, AnUnreadableRuleOfTheImageHoldsTheRootsOwnBack) {
  apply_in_image("driver_override=pci,00:1o.0=");
  switch_root();
  put("etc/driver-override.d/host.conf", "pci,00:1?.0=pci-stub\npci,00:12.0=pci-stub\n");
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(driver("10.0"), "e1000");
  EXPECT_EQ(driver("12.0"), "pci-stub");
}

/// A unit is restarted by an upgrade, say, after `save`, which touches no device.
TEST_F(FinishTest, ItWorksOnceInABoot) {
  apply_in_image("quiet");
  switch_root();
  EXPECT_EQ(finish().status, 0);
  put("etc/driver-override.d/90-saved.conf", "pci,00:10.0=pci-stub\n");
  forget_log();
  const RunResult result = finish();
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out + result.err + log(), "");
  EXPECT_EQ(root_->log(), Lines{});
  EXPECT_EQ(driver("10.0"), "e1000");
}

TEST_F(FinishTest, ClaimsHoldWhereTheRulesAreLost) {
  apply_in_image("driver_override=pci,00:12.0=vfio-pci");
  EXPECT_EQ(root_->run({"clear", "0000:00:12.0"}).status, 0);
  switch_root();
  std::filesystem::remove(root_->path() / "run/driver-override/rules");
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(root_->read(device_file("12.0", "driver_override")), "(null)\n");
  EXPECT_EQ(claim("12.0"), "state cleared");
}

TEST_F(FinishTest, TheKillSwitchHolds) {
  EXPECT_EQ(apply_in_image("driver_override=pci,00:12.0=pci-stub driver_override=off").status, 0);
  switch_root();
  put("proc/cmdline", "driver_override=pci,00:12.0=pci-stub\n");
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(root_->log(), Lines{});
  EXPECT_EQ(log(), "");
}

TEST_F(FinishTest, TheKillSwitchHoldsWithoutAnEarlyHook) {
  start("driver_override=pci,00:12.0=pci-stub driver_override=off");
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(root_->log(), Lines{});
  EXPECT_NE(log().find("switched off"), std::string::npos);
  forget_log();
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(log(), "");
}

TEST_F(FinishTest, ADeviceInUseIsRefusedWithoutForce) {
  start("driver_override=pci,00:14.0=pci-stub;pci,00:12.0=pci-stub");
  put("proc/self/mountinfo", root_mount);
  EXPECT_EQ(finish().status, 1);
  EXPECT_EQ(driver("14.0"), "nvme");
  EXPECT_EQ(driver("12.0"), "pci-stub");
  EXPECT_EQ(root_->read(device_file("14.0", "driver_override")), "(null)\n");
  EXPECT_NE(log().find("<27>driver-override: pci 0000:00:14.0: left alone: it is in use: the file "
                       "system on /; --force takes it all the same\n"),
            std::string::npos)
      << log();
  EXPECT_EQ(root_->run({"apply"}).status, 1);
  EXPECT_EQ(driver("14.0"), "nvme");
  EXPECT_EQ(root_->run({"apply", "--force"}).status, 0);
  EXPECT_EQ(driver("14.0"), "pci-stub");
}

TEST_F(FinishTest, AWaitingDeviceThatCameIntoUseIsRefusedWithoutForce) {
  EXPECT_EQ(apply_in_image("driver_override=pci,00:14.0=pci-stub").status, 0);
  EXPECT_EQ(driver("14.0"), "nvme");
  switch_root();
  put("proc/self/mountinfo", root_mount);
  EXPECT_EQ(finish().status, 1);
  EXPECT_EQ(driver("14.0"), "nvme");
  EXPECT_EQ(claim("14.0"), "state waiting");
  EXPECT_EQ(root_->run({"apply", "--finish", "--force"}).status, 0);
  EXPECT_EQ(driver("14.0"), "pci-stub");
}

TEST_F(FinishTest, ALateDeviceInUseIsRefusedWithoutForce) {
  apply_in_image("driver_override=pci,00:14.0=pci-stub");
  switch_root();
  std::filesystem::remove(root_->path() / "run/driver-override/devices/pci,0000:00:14.0");
  put("proc/self/mountinfo", root_mount);
  EXPECT_EQ(root_->run({"apply", "--device", "00:14.0"}).status, 1);
  EXPECT_EQ(driver("14.0"), "nvme");
  EXPECT_EQ(root_->run({"apply", "--device", "00:14.0", "--force"}).status, 0);
  EXPECT_EQ(driver("14.0"), "pci-stub");
}

TEST_F(FinishTest, ADeviceThatIsAskedForAndNotThereIsAFault) {
  apply_in_image("driver_override=pci,00:12.0=vfio-pci");
  for (const std::string device : {"nonsense", "00:1e.0"}) {
    forget_log();
    EXPECT_EQ(root_->run({"apply", "--device", device}).status, 1) << device;
    EXPECT_NE(log().find("<27>driver-override: "), std::string::npos) << log();
  }
  std::filesystem::remove(root_->path() / "run/driver-override/devices/pci,0000:00:12.0");
  put(device_file("12.0", "driver_override"), "\n");
  EXPECT_EQ(root_->run({"apply", "--device", "nonsense", "--device", "00:12.0"}).status, 1);
  EXPECT_EQ(claim("12.0"), "state done") << "the others are taken all the same";
}

TEST_F(FinishTest, InTheImageNothingCountsAsInUse) {
  start("driver_override=pci,00:14.0=vfio-pci");
  put("etc/initrd-release", "");
  put("proc/self/mountinfo", root_mount);
  EXPECT_EQ(root_->run({"apply"}).status, 0);
  EXPECT_EQ(driver("14.0"), "vfio-pci");
}

TEST_F(FinishTest, ACorruptListOfRulesTouchesNothing) {
  apply_in_image("driver_override=pci,00:1?.0=pci-stub driver_override=pci,00:12.0=");
  switch_root();
  const std::string rules = root_->read("run/driver-override/rules").value_or("");
  for (const std::string& text :
       {std::string(), std::string("x"), rules.substr(0, rules.size() / 2), rules + "more\n"}) {
    put("run/driver-override/rules", text);
    put("dev/kmsg", "");
    EXPECT_EQ(finish().status, 1);
    EXPECT_EQ(root_->log(), Lines{});
    EXPECT_EQ(log(),
              "<27>driver-override: /run/driver-override/rules: Bad message; nothing is "
              "done, as an exception might be lost\n");
  }
  put("run/driver-override/rules", rules);
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(driver("12.0"), "");
  EXPECT_EQ(driver("13.0"), "pci-stub");
}

TEST_F(FinishTest, AnUnreadableClaimForbidsItsDevice) {
  apply_in_image("driver_override=pci,00:12.0,00:13.0=pci-stub");
  switch_root();
  put("run/driver-override/devices/pci,0000:00:12.0", "garbage\n");
  EXPECT_EQ(finish().status, 1);
  EXPECT_NE(log().find("<27>driver-override: pci 0000:00:12.0: not touched, because its claim "
                       "cannot be read\n"),
            std::string::npos)
      << log();
  for (const std::string& line : writes())
    EXPECT_EQ(line.find("00:12.0"), std::string::npos) << line;
  EXPECT_EQ(driver("13.0"), "pci-stub");
}

/// Its process was killed between making it and writing it.
TEST_F(FinishTest, AnEmptyClaimIsUnfinishedWork) {
  apply_in_image("driver_override=pci,00:12.0,00:13.0=pci-stub");
  switch_root();
  put("run/driver-override/devices/pci,0000:00:12.0", "");
  EXPECT_EQ(finish().status, 0) << log();
  EXPECT_EQ(driver("12.0"), "pci-stub");
  EXPECT_EQ(claim("12.0"), "state done");
}

TEST_F(FinishTest, WhatWasInterruptedIsDone) {
  apply_in_image("driver_override=pci,00:12.0=pci-stub");
  switch_root();
  change_claim("12.0", "state waiting", "state pending");
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(driver("12.0"), "pci-stub");
}

/// The link is there while a probe still runs, and nobody has seen that end.
TEST_F(FinishTest, WhatAnEarlierRunLeftOpenIsBoundByNameThoughItHasItsDriver) {
  for (const std::string state : {"pending", "waiting"}) {
    SCOPED_TRACE(state);
    apply_in_image("driver_override=pci,00:12.0,00:13.0=vfio-pci");
    switch_root();
    change_claim("12.0", "state done", "state " + state);
    EXPECT_EQ(finish().status, 0);
    EXPECT_EQ(writes(), Lines{"write /bus/pci/drivers/vfio-pci/bind 0000:00:12.0 = EBUSY"});
    EXPECT_EQ(claim("12.0"), "state done");
  }
}

TEST_F(FinishTest, WhatWasSeenToItsEndIsNotBoundAgain) {
  start("driver_override=pci,00:12.0=vfio-pci");
  EXPECT_EQ(root_->run({"apply"}).status, 0);
  forget_log();
  EXPECT_EQ(root_->run({"apply"}).status, 0);
  EXPECT_EQ(writes(), Lines{});
  EXPECT_NE(log().find("pci 0000:00:12.0: is bound to \"vfio-pci\" already"), std::string::npos)
      << log();
}

TEST_F(FinishTest, AFaultThatPassesIsTriedAgain) {
  EXPECT_EQ(apply_in_image("driver_override=pci,00:12.0,00:13.0=vfio-pci",
                           "fault *0000:00:12.0/driver_override open EMFILE 1\n"
                           "fault */drivers_probe write ENOMEM 1\n")
                .status,
            0);
  for (const char* text :
       {"pci 0000:00:12.0: override \"vfio-pci\" is not set yet and waits: reading "
        "driver_override: Too many open files\n",
        "pci 0000:00:13.0: override \"vfio-pci\" is set and waits: probing: Cannot allocate "
        "memory\n",
        "0 bound, 0 bound already, 0 left alone, 2 waiting, 0 failed"})
    EXPECT_NE(log().find(text), std::string::npos) << log();
  switch_root();
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(driver("12.0"), "vfio-pci");
  EXPECT_EQ(driver("13.0"), "vfio-pci");
}

TEST_F(FinishTest, ANewDeviceOfTheNameIsAnotherDevice) {
  apply_in_image("driver_override=pci,00:12.0=pci-stub");
  put("sys/.control", "remove pci 0000:00:12.0");
  put("sys/.control", "add pci 0000:00:12.0 class=0x020000");
  switch_root();
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(driver("12.0"), "");
  EXPECT_EQ(writes(), Lines{});
}

TEST_F(FinishTest, ADeviceThatHasGoneIsNoFailure) {
  apply_in_image("driver_override=pci,00:12.0,00:13.0=pci-stub");
  put("sys/.control", "remove pci 0000:00:12.0");
  switch_root();
  EXPECT_EQ(finish().status, 0);
  EXPECT_EQ(driver("13.0"), "pci-stub");
}

TEST_F(FinishTest, ADriverThatHangsCostsItsDeviceAlone) {
  start("driver_override=pci,00:12.0=stuck;pci,00:13.0=pci-stub");
  EXPECT_EQ(finish().status, 1);
  EXPECT_EQ(driver("13.0"), "pci-stub");
  EXPECT_EQ(claim("12.0"), "state unfinished");
  EXPECT_NE(log().find("pci 0000:00:12.0: not bound to \"stuck\": probing did not end within 2 s; "
                       "it is still running, and a reboot may hang if it never ends"),
            std::string::npos)
      << log();
  EXPECT_NE(log().find("pci 0000:00:12.0: probing is taking long"), std::string::npos) << log();
}

TEST_F(FinishTest, ATimeoutThatIsNoneIsWrongUsage) {
  start("driver_override=pci,00:12.0=pci-stub");
  for (const char* timeout : {"0", "-1", "x", "", "1e9", "nan"})
    EXPECT_EQ(root_->run({"apply", "--timeout", timeout}).status, 2) << timeout;
  EXPECT_EQ(root_->log(), Lines{});
}

TEST_F(FinishTest, WhereNothingCanBeRecordedTheDevicesAreBoundAllTheSame) {
  start("driver_override=pci,00:12.0,00:13.0=pci-stub");
  put("run/driver-override", "");
  EXPECT_EQ(root_->run({"apply"}).status, 0);
  EXPECT_EQ(driver("12.0"), "pci-stub");
  EXPECT_NE(log().find("/run/driver-override/rules: the rules cannot be kept for later: Not a "
                       "directory"),
            std::string::npos)
      << log();
  const std::string error_output = "/run/driver-override: what is done cannot be recorded";
  EXPECT_NE(log().find(error_output), std::string::npos) << log();
  EXPECT_EQ(log().find(error_output), log().rfind(error_output));
}

TEST_F(FinishTest, ByHandTheRulesAreReadAnew) {
  start("driver_override=pci,00:12.0=pci-stub");
  EXPECT_EQ(finish().status, 0);
  put("proc/cmdline", "driver_override=pci,00:13.0=pci-stub\n");
  EXPECT_EQ(root_->run({"apply"}).status, 0);
  EXPECT_EQ(driver("13.0"), "pci-stub");
  put("proc/cmdline", "quiet\n");
  EXPECT_EQ(root_->run({"apply"}).status, 0);
  EXPECT_EQ(root_->run({"status"}).out, "no rule is configured\n");
}

}  // namespace
