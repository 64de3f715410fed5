// SPDX-License-Identifier: LGPL-2.1-or-later
// What peers were told, read from small roots and command lines, and what cannot be said as a rule.
#include "tool/advice/peer_claims.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "parser/command_line.hpp"
#include "parser/message.hpp"
#include "tool/commands/commands.hpp"
#include "tool/machine/boot_escape.hpp"

namespace driver_override {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

/// Each claim as "RULE (PEER, PLACE)"; every rule parses back from the parameter that is printed.
Texts claims_of(const PeerClaims& peers) {
  Texts texts;
  for (const PeerClaim& claim : peers.claims) {
    const std::string text = escape_for_boot_loader(to_text(claim.rule));
    const ParsedRules parsed = parse_command_line("driver_override=" + text);
    EXPECT_EQ(parsed.messages.size(), 0U) << text;
    EXPECT_EQ(parsed.rules.size(), 1U) << text;
    EXPECT_EQ(text.find_first_of(" ;'\"$&|<>{}\\`"), std::string::npos) << text;
    texts.push_back(text + " (" + claim.peer + ", " + claim.place + ")");
  }
  return texts;
}

Texts rules_of(const PeerClaims& peers) {
  Texts texts;
  for (const PeerClaim& claim : peers.claims)
    texts.push_back(escape_for_boot_loader(to_text(claim.rule)));
  return texts;
}

Texts faults_of(const PeerClaims& peers) {
  Texts texts;
  for (const Message& message : peers.messages)
    texts.push_back(std::string(severity_name(message.severity)) + ": " + message.text);
  return texts;
}

PeerClaims of_line(const std::string& line) {
  return read_peer_claims({{"command line", line}});
}

/// What a message says behind the place that it must begin with.
std::string behind(const std::string& place, const Message& message) {
  EXPECT_EQ(message.text.rfind(place + ": ", 0), 0U) << message.text;
  return message.text.substr(place.size() + 2);
}

/// The rule of one entry of vfio-pci.ids=, or the fault.
std::string of_entry(const std::string& entry) {
  const PeerClaims peers = of_line("vfio-pci.ids=\"" + entry + '"');
  const Texts rules = rules_of(peers);
  if (rules.size() + peers.messages.size() != 1) return "not one outcome";
  return rules.empty() ? behind("command line, byte 14", peers.messages[0]) : rules[0];
}

TEST(PeerParameters, IdsOfBothDrivers) {
  EXPECT_EQ(claims_of(of_line("quiet vfio-pci.ids=10de:2204,10de:1aef pci-stub.ids=8086:10f5")),
            (Texts{"pci,pci:8086:10f5=pci-stub (pci-stub.ids=, command line, byte 52)",
                   "pci,pci:10de:2204=vfio-pci (vfio-pci.ids=, command line, byte 19)",
                   "pci,pci:10de:1aef=vfio-pci (vfio-pci.ids=, command line, byte 29)"}));
  EXPECT_EQ(rules_of(of_line("vfio_pci.ids=10de:2204")), Texts{"pci,pci:10de:2204=vfio-pci"});
  EXPECT_EQ(rules_of(of_line("x=1 -- vfio-pci.ids=10de:2204")), Texts{});
  EXPECT_EQ(rules_of(of_line("vfio-pci.disable_vga=1 vfio.ids=1:2 ids=1:2")), Texts{});
}

TEST(PeerParameters, SubsystemsAndAnyId) {
  EXPECT_EQ(of_entry("10DE:2204:1043:87d9"), "pci,pci:10de:2204:1043:87d9=vfio-pci");
  EXPECT_EQ(of_entry("10de:2204:1043"), "pci,pci:10de:2204:1043:*=vfio-pci");
  EXPECT_EQ(of_entry("10de:2204:ffffffff:ffffffff"), "pci,pci:10de:2204=vfio-pci");
  EXPECT_EQ(of_entry("10de:2204:ffffffff:87d9"), "pci,pci:10de:2204:*:87d9=vfio-pci");
  EXPECT_EQ(of_entry("0x10de: 0x2204"), "pci,pci:10de:2204=vfio-pci");
  EXPECT_EQ(of_entry(" 8:a"), "pci,pci:0008:000a=vfio-pci");
}

TEST(PeerParameters, ClassesWithAMaskOfWholeBytes) {
  EXPECT_EQ(of_entry("ffffffff:ffffffff:ffffffff:ffffffff:030000:ff0000"),
            "pci,pci:*:*=vfio-pci,class=03");
  EXPECT_EQ(of_entry("10de:2204:ffffffff:ffffffff:30012:ffff00"),
            "pci,pci:10de:2204=vfio-pci,class=0300");
  EXPECT_EQ(of_entry("10de:ffffffff:1:2:040300:ffffffff"),
            "pci,pci:10de:*:0001:0002=vfio-pci,class=040300");
  EXPECT_EQ(of_entry("10de:2204:1:2:030000:0"), "pci,pci:10de:2204:0001:0002=vfio-pci");
}

TEST(PeerParameters, WhatCannotBeSaid) {
  EXPECT_EQ(of_entry("10de:2204:0:0"),
            "\"10de:2204:0:0\": the id 0 means no other there, and any in a rule");
  EXPECT_EQ(of_entry("10de:0"), "\"10de:0\": the id 0 means no other there, and any in a rule");
  EXPECT_EQ(of_entry("10de:12204"),
            "\"10de:12204\": the id 12204 is above ffff, so that no device has it");
  EXPECT_EQ(of_entry("1:2:3:4:030000:fe0000"),
            "\"1:2:3:4:030000:fe0000\": the class mask fe0000 cannot be said as a rule");
  EXPECT_EQ(of_entry("1:2:3:4:0300:ff00"),
            "\"1:2:3:4:0300:ff00\": the class mask 00ff00 cannot be said as a rule");
  EXPECT_EQ(
      of_entry("1:2:3:4:1000000:ffffffff"),
      "\"1:2:3:4:1000000:ffffffff\": the class 1000000 is above ffffff, so that no device has it");
  EXPECT_EQ(of_entry("10de"), "expected VENDOR:DEVICE, found \"10de\"");
  EXPECT_EQ(of_entry("10de:"), "expected VENDOR:DEVICE, found \"10de:\"");
  EXPECT_EQ(of_entry("0000:02:00.0"),
            "\"0000:02:00.0\": the id 0 means no other there, and any in a rule");
  EXPECT_EQ(of_entry("\xff\x1b[31m"), "expected VENDOR:DEVICE, found \"%FF%1B[31m\"");
  EXPECT_EQ(faults_of(of_line("vfio-pci.ids")),
            Texts{"error: command line, byte 0: expected \"=\" and ids after \"vfio-pci.ids\""});
}

TEST(PeerParameters, AFaultyEntryCostsItselfAlone) {
  const PeerClaims peers = of_line("vfio-pci.ids=,1:2,x,3:4,");
  EXPECT_EQ(rules_of(peers), (Texts{"pci,pci:0001:0002=vfio-pci", "pci,pci:0003:0004=vfio-pci"}));
  EXPECT_EQ(faults_of(peers),
            Texts{"error: command line, byte 18: expected VENDOR:DEVICE, found \"x\""});
}

TEST(PeerParameters, WhatTheKernelPassesOverIsSaid) {
  const PeerClaims semicolon = of_line("vfio-pci.ids=10de:2204;10de:1aef");
  EXPECT_EQ(rules_of(semicolon), Texts{"pci,pci:10de:2204=vfio-pci"});
  EXPECT_EQ(faults_of(semicolon),
            Texts{"warning: command line, byte 13: \";10de:1aef\" after the ids "
                  "is not read by the kernel"});
  const PeerClaims no_mask = of_line("vfio-pci.ids=10de:2204:1:2:030000");
  EXPECT_EQ(rules_of(no_mask), Texts{"pci,pci:10de:2204:0001:0002=vfio-pci"});
  EXPECT_EQ(
      faults_of(no_mask),
      Texts{"warning: command line, byte 13: a class without a mask is not read by the kernel"});
  const PeerClaims seven = of_line("vfio-pci.ids=1:2:3:4:5:0:7");
  EXPECT_EQ(
      faults_of(seven),
      Texts{"warning: command line, byte 13: \":7\" after the ids is not read by the kernel"});
}

TEST(PeerParameters, AWildcardIsNotQuiteTheSame) {
  const PeerClaims peers = of_line("pci-stub.ids=10de:ffffffff");
  EXPECT_EQ(rules_of(peers), Texts{"pci,pci:10de:*=pci-stub"});
  EXPECT_EQ(faults_of(peers),
            Texts{"warning: command line, byte 13: as a rule, \"10de:ffffffff\" takes "
                  "no bridge and no storage device"});
}

TEST(PeerParameters, OnlyTheLastListOfADriverCounts) {
  const PeerClaims peers = of_line("vfio-pci.ids=1:2 pci-stub.ids=5:6 vfio_pci.ids=3:4");
  EXPECT_EQ(rules_of(peers), (Texts{"pci,pci:0005:0006=pci-stub", "pci,pci:0003:0004=vfio-pci"}));
  EXPECT_EQ(faults_of(peers),
            Texts{"warning: command line, byte 13: vfio-pci.ids= is replaced by a "
                  "later one, at command line, byte 47, so that it does nothing"});
  EXPECT_EQ(faults_of(of_line("vfio-pci.ids=1:2 vfio-pci.ids=1:2")), Texts{});
  EXPECT_EQ(rules_of(of_line("vfio-pci.ids=1:2 vfio-pci.ids=")), Texts{});
}

TEST(PeerParameters, AListThatTheKernelRefuses) {
  std::string list = "1:2";
  while (list.size() <= 1023) list += ",1:2";
  const PeerClaims peers = of_line("vfio-pci.ids=3:4 vfio-pci.ids=" + list);
  EXPECT_EQ(rules_of(peers), Texts{"pci,pci:0003:0004=vfio-pci"});
  EXPECT_EQ(faults_of(peers),
            Texts{"error: command line, byte 30: vfio-pci.ids= is 1027 bytes long; the "
                  "kernel takes at most 1023, or none of it"});
}

class PeerFilesTest : public testing::Test {
 protected:
  ~PeerFilesTest() override { fs::remove_all(base_); }

  void put(const std::string& path, const std::string& text) {
    fs::create_directories((base_ / path).parent_path());
    std::ofstream(base_ / path, std::ios::binary) << text;
  }
  PeerClaims read(const std::string& line = "") {
    return read_peer_claims(Root(base_), {{"command line", line}});
  }
  /// The rule of one file of driverctl, or the fault.
  std::string saved(const std::string& name, const std::string& text) {
    fs::remove_all(base_ / "etc/driverctl.d");
    put("etc/driverctl.d/" + name, text);
    const PeerClaims peers = read();
    if (peers.claims.size() + peers.messages.size() != 1) return "not one outcome";
    return peers.claims.empty() ? behind("/etc/driverctl.d/" + name, peers.messages[0])
                                : rules_of(peers)[0];
  }

  static fs::path make_base() {
    std::string name = testing::TempDir() + "driver-override-XXXXXX";
    return ::mkdtemp(name.data());
  }
  fs::path base_ = make_base();
};

TEST_F(PeerFilesTest, AnEmptyRoot) {
  EXPECT_EQ(claims_of(read()), Texts{});
  EXPECT_EQ(faults_of(read()), Texts{});
  EXPECT_EQ(faults_of(read_peer_claims(Root(base_ / "nowhere"), {})), Texts{});
}

TEST_F(PeerFilesTest, SavedOverrides) {
  put("etc/driverctl.d/pci-0000:01:00.0", "vfio-pci\n");
  put("etc/driverctl.d/vmbus-f8b3781b-1e82-4818-a1c3-63d806ec15bb", "uio_hv_generic\n");
  put("etc/driverctl.d/0000:03:00.1", "none\n");
  EXPECT_EQ(claims_of(read("vfio-pci.ids=1:2")),
            (Texts{"pci,pci:0001:0002=vfio-pci (vfio-pci.ids=, command line, byte 13)",
                   "pci,0000:03:00.1=none (driverctl, /etc/driverctl.d/0000:03:00.1)",
                   "pci,0000:01:00.0=vfio-pci (driverctl, /etc/driverctl.d/pci-0000:01:00.0)",
                   "vmbus,f8b3781b-1e82-4818-a1c3-63d806ec15bb=uio_hv_generic (driverctl, "
                   "/etc/driverctl.d/vmbus-f8b3781b-1e82-4818-a1c3-63d806ec15bb)"}));
  EXPECT_EQ(faults_of(read()), Texts{});
}

TEST_F(PeerFilesTest, NamesOfDevicesAndDrivers) {
  EXPECT_EQ(saved("pci-10000:e1:00.0", "nvme"), "pci,10000:e1:00.0=nvme");
  EXPECT_EQ(saved("platform-qcom,smem", "qcom,fastrpc-cb\n"),
            "platform,qcom%2csmem=qcom%2cfastrpc-cb");
  EXPECT_EQ(saved("platform-Fixed MDIO bus.0", "a$b"), "platform,Fixed%20MDIO%20bus.0=a%24b");
  EXPECT_EQ(saved("platform-soc@0:bus*[1]", "x"), "platform,soc@0:bus%2a%5b1%5d=x");
  EXPECT_EQ(saved("fsl-mc-dpni.3", "vfio-fsl-mc\n"), "fsl-mc,dpni.3=vfio-fsl-mc");
  EXPECT_EQ(saved("new-bus-device-1", "x"), "new,bus-device-1=x");
  fs::create_directories(base_ / "sys/bus/new-bus");
  EXPECT_EQ(saved("new-bus-device-1", "x"), "new-bus,device-1=x");
  EXPECT_EQ(saved("pci-0000:01:00.0", "vfio-pci\r\n\n"), "pci,0000:01:00.0=vfio-pci");
}

TEST_F(PeerFilesTest, FilesThatSayNothing) {
  EXPECT_EQ(saved("pci-0000:01:00.0", ""), "names no driver, so that it does nothing");
  EXPECT_EQ(saved("pci-0000:01:00.0", "\n"), "names no driver, so that it does nothing");
  EXPECT_EQ(saved("pci-0000:01:00.0", "a\nb\n"), "expected one driver, found more than one line");
  EXPECT_EQ(saved("pci-0000:01:00.0", "a/b\n"), "a driver name cannot hold \"/\"");
  EXPECT_EQ(saved("README", "vfio-pci\n"), "expected a file name BUS-DEVICE, found \"README\"");
  EXPECT_EQ(saved("-x", "vfio-pci\n"), "expected a file name BUS-DEVICE, found \"-x\"");
  EXPECT_EQ(saved("pci-0000:01:00", "a\n"),
            "\"0000:01:00\" is not a device's name as sysfs has it");
  EXPECT_EQ(saved("pci-1:0.0", "a\n"), "\"1:0.0\" is not a device's name as sysfs has it");
  EXPECT_EQ(saved("pci-0000:01:*.0", "a\n"),
            "\"0000:01:*.0\" is not a device's name as sysfs has it");
  EXPECT_EQ(saved("pci-0000:01:00.0,0000:02:00.0", "a\n"),
            "\"pci,0000:01:00.0,0000:02:00.0=a\" is no rule");
  EXPECT_NE(saved("pci-0000:01:00.0~", "a\n").find("expected"), std::string::npos);
  EXPECT_EQ(saved("pci-0000:01:00.0", std::string("a\0b", 3)),
            "a driver name cannot hold a NUL byte");
}

TEST_F(PeerFilesTest, UnreadableFilesAreReported) {
  fs::create_directories(base_ / "etc/driverctl.d/pci-0000:01:00.0");
  fs::create_directories(base_ / "etc/modprobe.d/vfio.conf");
  put("run/modprobe.d", "no folder");
  EXPECT_EQ(faults_of(read()), (Texts{"error: /run/modprobe.d: Not a directory",
                                      "error: /etc/modprobe.d/vfio.conf: Is a directory",
                                      "error: /etc/driverctl.d/pci-0000:01:00.0: Is a directory"}));
}

TEST_F(PeerFilesTest, ModprobeOptions) {
  put("etc/modprobe.d/vfio.conf",
      "# options vfio-pci ids=9:9\n"
      "options vfio ids=9:9\n"
      "options nouveau modeset=0\n"
      "\n"
      " options\tvfio_pci  disable_vga=1 ids=10de:2204,10de:1aef\n"
      "softdep nouveau pre: vfio-pci\n"
      "options pci-stub \\\n  ids=8086:10f5\n"
      "alias a b");
  EXPECT_EQ(claims_of(read()),
            (Texts{"pci,pci:8086:10f5=pci-stub (pci-stub.ids=, /etc/modprobe.d/vfio.conf:7)",
                   "pci,pci:10de:2204=vfio-pci (vfio-pci.ids=, /etc/modprobe.d/vfio.conf:5)",
                   "pci,pci:10de:1aef=vfio-pci (vfio-pci.ids=, /etc/modprobe.d/vfio.conf:5)"}));
  EXPECT_EQ(faults_of(read()), Texts{});
}

TEST_F(PeerFilesTest, ModprobeFoldersHideAndSort) {
  put("etc/modprobe.d/a.conf", "options pci-stub ids=1:1\n");
  put("usr/lib/modprobe.d/a.conf", "options pci-stub ids=9:9\n");
  put("usr/lib/modprobe.d/b.conf", "options pci-stub ids=2:2");
  put("etc/modprobe.d/c.bak", "options pci-stub ids=3:3\n");
  put("etc/modprobe.d/.d.conf", "options pci-stub ids=4:4\n");
  EXPECT_EQ(claims_of(read()),
            Texts{"pci,pci:0002:0002=pci-stub (pci-stub.ids=, /usr/lib/modprobe.d/b.conf:1)"});
  EXPECT_EQ(faults_of(read()),
            Texts{"warning: /etc/modprobe.d/a.conf:1: pci-stub.ids= is replaced by a later one, at "
                  "/usr/lib/modprobe.d/b.conf:1, so that it does nothing"});
  EXPECT_EQ(rules_of(read("pci-stub.ids=5:5")), Texts{"pci,pci:0005:0005=pci-stub"});
}

// ---- the command ----

class ConvertTest : public PeerFilesTest {
 protected:
  void run(const Request& request = {}) {
    ConvertOptions options;
    options.root = base_;
    options.request = request;
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    exit_ = convert(options);
    (void)std::fflush(stdout);
    output_ = testing::internal::GetCapturedStdout();
    errors_ = testing::internal::GetCapturedStderr();
  }
  Exit exit_ = Exit::usage;
  std::string output_;
  std::string errors_;
};

TEST_F(ConvertTest, NamesTheClassOfWhatAPatternWouldNotTake) {
  const auto device = [&](const std::string& slot, const std::string& pci_class) {
    const std::string path = "sys/bus/pci/devices/0000:01:" + slot + "/";
    put(path + "class", "0x" + pci_class + "\n");
    put(path + "vendor", "0x144d\n");
    put(path + "device", slot == "00.0" ? "0xa808\n" : "0xa809\n");
  };
  device("00.0", "010802");
  device("01.0", "0c0400");
  device("02.0", "020000");
  put("proc/cmdline", "vfio-pci.ids=144d:a808,144d:a809,10de:2204\n");
  run();
  EXPECT_EQ(output_,
            "driver_override=pci,pci:144d:a808=vfio-pci,class=0108\n"
            "driver_override=pci,pci:144d:a809=vfio-pci\n"
            "driver_override=pci,pci:144d:a809=vfio-pci,class=0c04\n"
            "driver_override=pci,pci:10de:2204=vfio-pci\n");
  EXPECT_EQ(exit_, Exit::done);
}

TEST_F(ConvertTest, PrintsParametersForThisSystem) {
  put("proc/cmdline", "quiet vfio-pci.ids=10de:2204,10de:2204\n");
  put("etc/driverctl.d/pci-0000:01:00.0", "vfio-pci\n");
  run();
  EXPECT_EQ(output_,
            "driver_override=pci,pci:10de:2204=vfio-pci\n"
            "driver_override=pci,0000:01:00.0=vfio-pci\n");
  EXPECT_EQ(errors_, "");
  EXPECT_EQ(exit_, Exit::done);
}

TEST_F(ConvertTest, ACommandLineInPlaceOfTheKernels) {
  put("proc/cmdline", "vfio-pci.ids=1:1\n");
  Request request;
  request.command_line = "pci-stub.ids=2:2,x\n";
  run(request);
  EXPECT_EQ(output_, "driver_override=pci,pci:0002:0002=pci-stub\n");
  EXPECT_EQ(errors_,
            "driver-override: error: command line, byte 17: expected VENDOR:DEVICE, found \"x\"\n"
            "  hint: the kernel passes this entry over\n");
  EXPECT_EQ(exit_, Exit::failed);
}

TEST_F(ConvertTest, Arguments) {
  put("proc/cmdline", "vfio-pci.ids=1:1\n");
  put("etc/driverctl.d/pci-0000:01:00.0", "vfio-pci\n");
  Request request;
  request.arguments = {"pci-stub.ids=2:2", "10de:2204"};
  request.arguments_only = true;
  run(request);
  EXPECT_EQ(output_, "driver_override=pci,pci:0002:0002=pci-stub\n");
  EXPECT_EQ(errors_,
            "driver-override: error: argument: expected vfio-pci.ids=, pci-stub.ids=, "
            "xen-pciback.hide= or rd.qubes.hide_pci=, found "
            "\"10de:2204\"\n  hint: without an argument, what this system uses is read\n");
  EXPECT_EQ(exit_, Exit::failed);
}

TEST_F(ConvertTest, NothingToConvert) {
  run();
  EXPECT_EQ(output_, "");
  EXPECT_EQ(
      errors_,
      "driver-override: note: no override of driverctl or udev, no ids for vfio-pci or pci-stub, "
      "and no device that Xen hides\n");
  EXPECT_EQ(exit_, Exit::done);
}

TEST_F(ConvertTest, AWarningAloneIsNoFailure) {
  Request request;
  request.command_line = "vfio-pci.ids=10de:ffffffff";
  run(request);
  EXPECT_EQ(output_, "driver_override=pci,pci:10de:*=vfio-pci\n");
  EXPECT_NE(errors_.find("driver-override: warning: command line, byte 13: "), std::string::npos);
  EXPECT_EQ(exit_, Exit::done);
}

TEST_F(ConvertTest, AnUnreadableCommandLine) {
  fs::create_directories(base_ / "proc/cmdline");
  run();
  EXPECT_EQ(errors_, "driver-override: error: /proc/cmdline: Is a directory\n");
  EXPECT_EQ(exit_, Exit::failed);
}

}  // namespace
}  // namespace driver_override
