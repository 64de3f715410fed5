// SPDX-License-Identifier: LGPL-2.1-or-later
// `status` after a boot, in words and in JSON: the whole answer is the contract. And what `list`
// and `plan` say of a device that does not answer.
#include <chrono>
#include <filesystem>

#include "tests/system/boot_root.hpp"

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using system_tests::RunResult;

class StatusTest : public system_tests::BootTest {
 protected:
  void apply(std::string_view command_line, std::string_view more = {}) {
    start(command_line, more);
    (void)root_->run({"apply", "--timeout", "2"});
  }
  /// What it prints, and its exit status behind that.
  std::string status(std::vector<std::string> options = {}) {
    options.insert(options.begin(), "status");
    const RunResult result = root_->run(options);
    return result.out + result.err + "exit status " + std::to_string(result.status) + "\n";
  }
};

TEST_F(StatusTest, WithoutRulesThereIsNothingToSay) {
  start("quiet");
  EXPECT_EQ(status(), "no rule is configured\nexit status 0\n");
  EXPECT_EQ(status({"--json"}),
            "{\n  \"enabled\": true,\n  \"rules\": [],\n  \"diagnostics\": []\n}\nexit status 0\n");
}

TEST_F(StatusTest, TheKillSwitchIsSaid) {
  apply("driver_override=pci,00:12.0=pci-stub driver_override=off");
  EXPECT_EQ(status(), "switched off by driver_override=off; no rule was applied\nexit status 0\n");
  EXPECT_NE(status({"--json"}).find("\"enabled\": false"), std::string::npos);
}

TEST_F(StatusTest, WhatIsAsWanted) {
  apply("driver_override=pci,00:10.0=vfio-pci;pci,00:11.0=none;pci,00:12.0=;pci,00:1f.0=x");
  EXPECT_EQ(status(),
            "pci,00:10.0=vfio-pci (command line, byte 16)\n"
            "  ok  pci 0000:00:10.0: vfio-pci, override \"vfio-pci\"\n"
            "pci,00:11.0=none (command line, byte 37)\n"
            "  ok  pci 0000:00:11.0: no driver, override \"none\"\n"
            "pci,00:12.0= (command line, byte 54)\n"
            "  ok  pci 0000:00:12.0: no driver\n"
            "pci,00:1f.0=x (command line, byte 67)\n"
            "  no device\n"
            "exit status 0\n");
}

TEST_F(StatusTest, WhatAListSpellsOutInVain) {
  apply("driver_override=pci,00:1f.0,00:10.0,00:1e.0=vfio-pci;pci,00:1f.0,00:12.0=");
  EXPECT_EQ(status(),
            "pci,00:1f.0,00:10.0,00:1e.0=vfio-pci (command line, byte 16)\n"
            "  ok  pci 0000:00:10.0: vfio-pci, override \"vfio-pci\"\n"
            "  no device \"00:1f.0\"\n"
            "  no device \"00:1e.0\"\n"
            "pci,00:1f.0,00:12.0= (command line, byte 53)\n"
            "  ok  pci 0000:00:12.0: no driver\n"
            "  no device \"00:1f.0\"\n"
            "exit status 0\n");
}

TEST_F(StatusTest, JsonHasAllKeys) {
  apply("driver_override=pci,00:10.0=vfio-pci,sticky;platform,*=");
  EXPECT_EQ(status({"--json"}), R"({
  "enabled": true,
  "rules": [
    {
      "text": "pci,00:10.0=vfio-pci,sticky",
      "source": "command line",
      "devices": [
        {
          "bus": "pci",
          "device": "0000:00:10.0",
          "wanted": "vfio-pci",
          "override": "vfio-pci",
          "driver": "vfio-pci",
          "state": "ok",
          "sticky": true,
          "late": false,
          "detail": null
        }
      ]
    },
    {
      "text": "platform,*=",
      "source": "command line",
      "devices": [
        {
          "bus": "platform",
          "device": "pcspkr",
          "wanted": "",
          "override": null,
          "driver": null,
          "state": "ok",
          "sticky": false,
          "late": false,
          "detail": null
        }
      ]
    }
  ],
  "diagnostics": []
}
exit status 0
)");
}

TEST_F(StatusTest, WhatWaits) {
  apply_in_image("driver_override=pci,00:11.0,00:12.0=pci-stub");
  EXPECT_EQ(
      status(),
      "pci,00:11.0,00:12.0=pci-stub (command line, byte 16)\n"
      "  other-driver  pci 0000:00:11.0: e1000, override \"pci-stub\": \"e1000\" has it: the "
      "driver \"pci-stub\" is not there: modprobe could not be run: No such file or "
      "directory\n"
      "  waiting  pci 0000:00:12.0: no driver, override \"pci-stub\": the driver \"pci-stub\" "
      "is not there: modprobe could not be run: No such file or directory\n"
      "exit status 1\n");
  EXPECT_NE(status({"--json"}).find("\"state\": \"waiting\""), std::string::npos);
  switch_root();
  (void)root_->run({"apply", "--finish"});
  EXPECT_NE(status().find("exit status 0\n"), std::string::npos) << status();
}

TEST_F(StatusTest, AnotherDriver) {
  apply("driver_override=pci,00:10.0=pci-stub");
  put(device_file("10.0", "driver_override"), "e1000");
  put("sys/bus/pci/drivers/pci-stub/unbind", "0000:00:10.0");
  put("sys/bus/pci/drivers_probe", "0000:00:10.0");
  EXPECT_EQ(status(),
            "pci,00:10.0=pci-stub (command line, byte 16)\n"
            "  other-driver  pci 0000:00:10.0: e1000, override \"e1000\": \"e1000\" has it now\n"
            "exit status 1\n");
}

TEST_F(StatusTest, WhatFailed) {
  apply("driver_override=pci,00:12.0=refusing;pci,00:13.0=no-such-driver");
  EXPECT_EQ(status(),
            "pci,00:12.0=refusing (command line, byte 16)\n"
            "  failed  pci 0000:00:12.0: no driver, override \"refusing\": the driver \"refusing\" "
            "does not take it: Invalid argument; it stays without a driver until "
            "\"driver-override clear pci,0000:00:12.0\"\n"
            "pci,00:13.0=no-such-driver (command line, byte 37)\n"
            "  failed  pci 0000:00:13.0: no driver, override \"no-such-driver\": the driver "
            "\"no-such-driver\" is not there: modprobe ended with status 1; its override stays set "
            "until \"driver-override clear pci,0000:00:13.0\"\n"
            "exit status 1\n");
}

TEST_F(StatusTest, WhatIsSkipped) {
  apply("driver_override=pci,00:1?.0=vfio-pci driver_override=pci,00:10.0=a,id=1:2",
        "device pci 0000:00:16.0 class=0x020000 override=other\n");
  EXPECT_EQ(status(),
            "pci,00:1?.0=vfio-pci (command line, byte 16)\n"
            "  ok  pci 0000:00:11.0: vfio-pci, override \"vfio-pci\"\n"
            "  ok  pci 0000:00:12.0: vfio-pci, override \"vfio-pci\"\n"
            "  ok  pci 0000:00:13.0: vfio-pci, override \"vfio-pci\"\n"
            "  skipped  pci 0000:00:14.0: nvme: a pattern takes what may hold the root file "
            "system only with class=0108\n"
            "  skipped  pci 0000:00:15.0: pcieport: a pattern takes no bridge from its driver\n"
            "  skipped  pci 0000:00:16.0: no driver, override \"other\": its override is \"other\" "
            "already, and only a rule that spells the device out replaces it\n"
            "pci,00:10.0=a,id=1:2 (command line, byte 53)\n"
            "  skipped  pci 0000:00:10.0: e1000: the rule wants 1:2 there, and it is 0000:0000\n"
            "exit status 1\n");
}

TEST_F(StatusTest, WhatIsLeftAloneIsNoFailure) {
  apply("driver_override=pci,00:1?.0=vfio-pci");
  EXPECT_TRUE(status().ends_with("exit status 0\n")) << status();
}

TEST_F(StatusTest, WhatWasClearedSince) {
  apply("driver_override=pci,00:10.0=pci-stub");
  put(device_file("10.0", "driver_override"), "\n");
  EXPECT_TRUE(status().ends_with("exit status 0\n")) << status();  // the driver still has it
  put("sys/bus/pci/drivers/pci-stub/unbind", "0000:00:10.0");
  put("sys/bus/pci/drivers_probe", "0000:00:10.0");
  EXPECT_EQ(status(),
            "pci,00:10.0=pci-stub (command line, byte 16)\n"
            "  cleared  pci 0000:00:10.0: e1000: \"e1000\" has it: its override has been cleared "
            "since\n"
            "exit status 0\n");
}

TEST_F(StatusTest, WhatHasGone) {
  apply("driver_override=pci,00:10.0,00:12.0=pci-stub");
  put("sys/.control", "remove pci 0000:00:12.0");
  EXPECT_EQ(status(),
            "pci,00:10.0,00:12.0=pci-stub (command line, byte 16)\n"
            "  ok  pci 0000:00:10.0: pci-stub, override \"pci-stub\"\n"
            "  gone  pci 0000:00:12.0: no driver: the device has gone\n"
            "exit status 1\n");
}

TEST_F(StatusTest, WhatHasGoneFromThePlaceOfAPath) {
  apply("driver_override=pci,00:15.0/00.0,00:10.0=pci-stub",
        "device pci 0000:01:00.0 parent=0000:00:15.0 class=0x020000 native=e1000\n");
  put("sys/.control", "remove pci 0000:01:00.0");
  EXPECT_EQ(status(),
            "pci,00:15.0/00.0,00:10.0=pci-stub (command line, byte 16)\n"
            "  ok  pci 0000:00:10.0: pci-stub, override \"pci-stub\"\n"
            "  gone  pci 0000:01:00.0: no driver: the device has gone\n"
            "exit status 1\n");
}

TEST_F(StatusTest, WhatIsBusyIsSaidWithinASecond) {
  apply("driver_override=pci,00:12.0=stuck;pci,00:13.0=pci-stub", "unkillable\n");
  const auto begin = steady_clock::now();
  const std::string text = status();
  EXPECT_LT(steady_clock::now() - begin, milliseconds(2500));
  EXPECT_EQ(text,
            "pci,00:12.0=stuck (command line, byte 16)\n"
            "  busy  pci 0000:00:12.0: stuck: probing did not end within 2 s; it is still running, "
            "and a reboot may hang if it never ends\n"
            "pci,00:13.0=pci-stub (command line, byte 34)\n"
            "  ok  pci 0000:00:13.0: pci-stub, override \"pci-stub\"\n"
            "exit status 1\n");
  EXPECT_NE(status({"--json"}).find("\"state\": \"busy\""), std::string::npos);
}

TEST_F(StatusTest, HoweverManyAreBusyItEnds) {
  std::string more = "fault *many.*/driver_override read hang\n";
  for (int i = 0; i < 20; ++i) more += "device platform many." + std::to_string(i) + "\n";
  start("driver_override=platform,many.*=x", more);
  const auto begin = steady_clock::now();
  const std::string text = status();
  EXPECT_LT(steady_clock::now() - begin, milliseconds(13000));
  EXPECT_NE(text.find("  busy  platform many.19: no driver"), std::string::npos) << text;
}

TEST_F(StatusTest, ListSaysThatADeviceIsBusy) {
  apply("driver_override=pci,00:12.0=stuck", "unkillable\n");
  const auto begin = steady_clock::now();
  const RunResult list = root_->run({"list"});
  EXPECT_LT(steady_clock::now() - begin, milliseconds(2500));
  EXPECT_EQ(list.status, 0);
  EXPECT_NE(list.out.find("pci,0000:00:12.0  ethernet  stuck     -  busy ["), std::string::npos)
      << list.out;
  EXPECT_NE(list.out.find("pci,0000:00:13.0  ethernet  -         -  ["), std::string::npos)
      << list.out;
  EXPECT_EQ(root_->run({"list", "--json"}).status, 0);
}

TEST_F(StatusTest, BadRulesAreShownAndCountAsFailed) {
  apply("driver_override=pci,00:10.0==x driver_override=pci,00:11.0=pci-stub");
  EXPECT_EQ(status(),
            "pci,00:11.0=pci-stub (command line, byte 47)\n"
            "  ok  pci 0000:00:11.0: pci-stub, override \"pci-stub\"\n"
            "driver-override: error: expected a driver or an option after \"=\"\n"
            "  driver_override=pci,00:10.0==x\n"
            "                              ^\n"
            "  at byte 28 of the command line\n"
            "  hint: write pci,00:10.0=x\n"
            "  note: 1 rule left out, 1 applied\n"
            "exit status 1\n");
}

TEST_F(StatusTest, TheRulesInForceAreTheSavedOnes) {
  apply("driver_override=pci,00:11.0=pci-stub");
  put("proc/cmdline", "driver_override=pci,00:12.0=vfio-pci\n");
  EXPECT_EQ(status(),
            "pci,00:11.0=pci-stub (command line, byte 16)\n"
            "  ok  pci 0000:00:11.0: pci-stub, override \"pci-stub\"\n"
            "exit status 0\n");
}

TEST_F(StatusTest, WhereNothingWasAppliedTheRulesOfABootAreShown) {
  start("driver_override=pci,00:11.0=pci-stub");
  EXPECT_EQ(status(),
            "pci,00:11.0=pci-stub (command line, byte 16)\n"
            "  other-driver  pci 0000:00:11.0: e1000: \"e1000\" has it, and no rule was applied to "
            "it in this boot\n"
            "exit status 1\n");
}

TEST_F(StatusTest, ACorruptListOfRulesIsSaid) {
  apply("driver_override=pci,00:11.0=pci-stub");
  put("run/driver-override/rules", "garbage");
  EXPECT_EQ(status(),
            "pci,00:11.0=pci-stub (command line, byte 16)\n"
            "  ok  pci 0000:00:11.0: pci-stub, override \"pci-stub\"\n"
            "driver-override: error: /run/driver-override/rules: Bad message\n"
            "exit status 1\n");
}

TEST_F(StatusTest, AnUnreadableClaimIsSaid) {
  apply("driver_override=pci,00:12.0=no-such-driver");
  put("run/driver-override/devices/pci,0000:00:12.0", "garbage");
  EXPECT_EQ(status(),
            "pci,00:12.0=no-such-driver (command line, byte 16)\n"
            "  failed  pci 0000:00:12.0: no driver, override \"no-such-driver\": no driver has it, "
            "and the record of it cannot be read\n"
            "exit status 1\n");
}

TEST_F(StatusTest, ItWritesNothing) {
  apply("driver_override=pci,00:11.0=pci-stub;pci,00:12.0=no-such-driver");
  forget_log();
  (void)status();
  EXPECT_EQ(writes(), std::vector<std::string>{});
  EXPECT_EQ(log(), "");
}

TEST_F(StatusTest, PlanSaysThatADeviceIsBusy) {
  apply("driver_override=pci,00:12.0=stuck", "unkillable\n");
  const auto begin = steady_clock::now();
  const RunResult plan = root_->run({"plan", "--only", "pci,00:12-13.0=none"});
  EXPECT_LT(steady_clock::now() - begin, milliseconds(4000));
  EXPECT_NE(plan.out.find("pci 0000:00:12.0: stuck -> none (busy: its override could not be read "
                          "within a second)"),
            std::string::npos)
      << plan.out;
}

}  // namespace
