// SPDX-License-Identifier: LGPL-2.1-or-later
// Each cell of the table of faults with the real program, and the faults of starting a process.
// What the cells say belongs in the table; here is only how a fault is made.
#include "tests/system/fault_test.hpp"

#include <fnmatch.h>

#include <cstring>
#include <filesystem>

#include "tests/fault_table.hpp"

namespace {

using fault_table::Cell;
using fault_table::End;
using fault_table::Fault;
using fault_table::Step;
using system_tests::FaultRun;

namespace fs = std::filesystem;

/// The device that no rule names is 10.0, and 13.0 is named by a rule of its own.
constexpr std::string_view machine = R"(
bus pci
driver pci e1000
driver pci vfio-pci
device pci 0000:00:10.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:13.0 class=0x020000 native=e1000
)";
constexpr std::string_view rules =
    "driver_override=pci,00:12.0=pci-stub driver_override=pci,00:13.0=vfio-pci";

class FaultTest : public FaultRun, public testing::WithParamInterface<Cell> {
 protected:
  /// The machine of a cell, with its fault.
  static std::string spec_of(const Cell& cell) {
    std::string spec(machine);
    spec += std::string("device pci ") + fault_table::victim + " class=0x020000 native=e1000";
    spec += begins_bound(cell) ? " driver=e1000\n" : "\n";
    const bool is_module = cell.step == Step::loading;
    spec += (is_module ? "module pci-stub registers pci pci-stub" : "driver pci pci-stub") +
            driver_options_of(cell) + "\n";
    return spec + fault_of(cell);
  }

  /// Binding by name comes only if probing has bound nothing.
  static std::string driver_options_of(const Cell& cell) {
    if (cell.fault == Fault::late) return " late-link=300";
    if (cell.step == Step::link && cell.fault == Fault::device_gone) return " probe-errno=EIO";
    if (cell.step != Step::binding) return {};
    return std::string(" probe-errno=") +
           (number_of(cell.fault) != 0
                ? fault_table::fault_names.at(static_cast<std::size_t>(cell.fault))
                : "EIO");
  }

  /// The first line of the fault statement, if the table's step is a file.
  static std::string fault_of(const Cell& cell) {
    if (cell.step == Step::link && cell.fault == Fault::other_driver)
      return "fault */drivers/e1000/unbind write ENODEV\n";
    if (cell.step == Step::link && cell.fault == Fault::device_gone)
      return "fault */drivers/pci-stub/bind write vanish\n";
    if (cell.step == Step::loading || cell.step == Step::link) return {};
    if (cell.step == Step::binding && number_of(cell.fault) != 0) return {};
    return "fault " + file_of(cell.step) + " " + operation_of(cell) + " " + what_of(cell.fault) +
           // The file of a bus is the other device's too.
           (cell.step == Step::probing || cell.end == End::bound ? " 1\n" : "\n");
  }

  static std::string file_of(Step step) {
    if (step == Step::unbinding) return "*/drivers/e1000/unbind";
    if (step == Step::probing) return "*/drivers_probe";
    if (step == Step::binding) return "*/drivers/pci-stub/bind";
    return std::string("*") + fault_table::victim + "/driver_override";
  }

  static std::string operation_of(const Cell& cell) {
    if (cell.fault == Fault::attribute_gone) return "open";
    return cell.step == Step::reading ? "read" : "write";
  }

  static std::string what_of(Fault fault) {
    if (fault == Fault::hangs) return "hang";
    if (fault == Fault::device_gone) return "vanish";
    if (fault == Fault::attribute_gone) return "ENOENT";
    return fault_table::fault_names.at(static_cast<std::size_t>(fault));
  }

  void make_fault_of_loading(Fault fault) {
    if (fault == Fault::missing) fs::remove(root_->path() / "sbin/modprobe");
    if (fault == Fault::hangs) replace_modprobe("sleep 30");
    if (fault == Fault::killed) replace_modprobe("kill -9 $$");
    if (fault == Fault::device_gone)
      replace_modprobe(std::string("echo remove pci ") + fault_table::victim +
                       " >\"$root/sys/.control\"; echo load pci-stub >\"$root/sys/.control\"");
    if (const int number = number_of(fault))
      replace_modprobe(std::string("echo \"modprobe: ERROR: could not insert 'pci_stub': ") +
                       std::strerror(number) + "\" >&2; exit 1");
  }

  void expect_told_once(const Cell& cell) {
    const auto told = messages_of(std::string("pci ") + fault_table::victim, "not bound to ");
    ASSERT_EQ(told.size(), cell.end == End::bound ? 0U : 1U) << log();
    if (told.empty()) return;
    const std::string pattern = "\"pci-stub\": " + message_of(cell);
    EXPECT_EQ(::fnmatch(pattern.c_str(), told[0].c_str(), 0), 0) << told[0];
  }

  void expect_left_as(const Cell& cell) {
    const bool has_gone = cell.fault == Fault::device_gone;
    const std::string before = begins_bound(cell) && !has_gone ? "e1000" : "";
    EXPECT_EQ(driver("00:12.0"), cell.end == End::bound ? "pci-stub" : before);
    EXPECT_TRUE(is_claimed_as("00:12.0", cell.end == End::bound        ? "done"
                                         : cell.end == End::unfinished ? "unfinished"
                                                                       : "failed"))
        << claim("00:12.0");
  }
};

TEST_P(FaultTest, CostsItsOwnDeviceOnlyAndIsTold) {
  const Cell& cell = GetParam();
  boot(spec_of(cell), rules);
  if (cell.step == Step::loading) make_fault_of_loading(cell.fault);
  const bool hangs = cell.fault == Fault::hangs;
  apply(hangs ? "1" : "10");
  EXPECT_EQ(result_.status, cell.end == End::bound ? 0 : 1) << log() << result_.err;
  expect_told_once(cell);
  expect_left_as(cell);
  EXPECT_EQ(driver("00:13.0"), "vfio-pci") << log();
  EXPECT_TRUE(is_claimed_as("00:13.0", "done"));
  EXPECT_EQ(accesses_to("00:10.0"), 0U);
  EXPECT_LT(result_.duration, std::chrono::seconds(7));
}

std::vector<Cell> possible_cells() {
  std::vector<Cell> possible;
  for (const Cell& cell : fault_table::cells)
    if (cell.end != End::never) possible.push_back(cell);
  return possible;
}

INSTANTIATE_TEST_SUITE_P(Table, FaultTest, testing::ValuesIn(possible_cells()),
                         [](const auto& cell) { return name_of(cell.param); });

class InterruptionTest : public FaultRun {};

TEST_F(InterruptionTest, AWriteThatASignalCutsShortIsDoneAgain) {
  boot(std::string(machine) +
           "device pci 0000:00:12.0 class=0x020000 driver=e1000\ndriver pci pci-stub\n"
           "fault *0000:00:12.0/driver_override write EINTR 1\n"
           "fault */drivers/e1000/unbind write EINTR 1\nfault */drivers_probe write EINTR 2\n",
       rules);
  apply();
  EXPECT_EQ(result_.status, 0) << log();
  EXPECT_EQ(driver("00:12.0"), "pci-stub") << log();
  EXPECT_EQ(driver("00:13.0"), "vfio-pci") << log();
}

TEST_F(InterruptionTest, AWriteThatIsAlwaysCutShortFails) {
  boot(std::string(machine) +
           "device pci 0000:00:12.0\ndriver pci pci-stub\n"
           "fault *0000:00:12.0/driver_override write EINTR\n",
       rules);
  apply();
  EXPECT_LT(result_.duration, std::chrono::seconds(5));
  EXPECT_TRUE(is_logged("writing driver_override: Interrupted system call\n")) << log();
  EXPECT_EQ(driver("00:13.0"), "vfio-pci") << log();
}

class ProcessTest : public FaultRun {
 protected:
  void boot_with_modules() {
    boot(std::string(machine) +
             "device pci 0000:00:12.0 class=0x020000\nmodule pci-stub registers pci pci-stub\n",
         rules);
  }

  void expect_12_not_there(const std::string& reason) {
    EXPECT_EQ(messages_of("pci 0000:00:12.0", "not bound to \"pci-stub\": "),
              std::vector<std::string>{
                  "the driver \"pci-stub\" is not there: " + reason +
                  "; its override stays set until \"driver-override clear pci,0000:00:12.0\""})
        << log();
    EXPECT_EQ(result_.status, 1);
    EXPECT_EQ(accesses_to("00:10.0"), 0U);
  }
};

TEST_F(ProcessTest, WithoutAProcessNothingIsTouchedAndEveryDeviceIsNamed) {
  boot_with_modules();
  // Its search for leaks needs a process too.
  apply("10", {.environment = {{"ASAN_OPTIONS", "detect_leaks=0"}}, .cannot_fork = true});
  EXPECT_EQ(result_.status, 1) << result_.err;
  for (const char* device : {"00:12.0", "00:13.0"}) {
    const auto told = messages_of(std::string("pci 0000:") + device, "not bound to ");
    ASSERT_EQ(told.size(), 1U) << log();
    EXPECT_NE(told[0].find(": no process could be started: Resource temporarily unavailable"),
              std::string::npos)
        << told[0];
    EXPECT_TRUE(is_claimed_as(device, "failed"));
  }
  for (const std::string& line : root_->log()) EXPECT_NE(line.rfind("write ", 0), 0U) << line;
}

TEST_F(ProcessTest, AModprobeThatCannotBeExecutedIsNamed) {
  boot_with_modules();
  fs::permissions(root_->path() / "sbin/modprobe", fs::perms(0644));
  apply();
  expect_12_not_there("modprobe could not be run: Permission denied");
  EXPECT_EQ(driver("00:13.0"), "vfio-pci");
}

TEST_F(ProcessTest, AModprobeWithoutItsInterpreterIsNamed) {
  boot_with_modules();
  ASSERT_EQ(root_->write("sbin/modprobe", "#!/no/such/shell\n"), 0);
  apply();
  expect_12_not_there("modprobe could not be run: No such file or directory");
}

TEST_F(ProcessTest, OfManyComplaintsTheModulesOwnIsTold) {
  boot_with_modules();
  replace_modprobe(
      "echo 'modprobe: WARNING: all is old' >&2\n"
      "echo 'modprobe: FATAL: Module pci-stub not found in directory /lib/modules/x' >&2\nexit 1");
  apply();
  expect_12_not_there(
      "modprobe ended with status 1: modprobe: FATAL: Module pci-stub not found in directory "
      "/lib/modules/x");
}

/// initramfs-tools exports them for its own calls.
TEST_F(ProcessTest, ModprobeGetsNoOptionsOfOthers) {
  boot_with_modules();
  replace_modprobe(
      "echo \"modprobe: FATAL: pci-stub: options: $MODPROBE_OPTIONS. $OTHER.\" >&2; exit 1");
  apply("5", {.environment = {{"MODPROBE_OPTIONS", "-qb"}, {"OTHER", "kept"}}});
  EXPECT_EQ(messages_of("pci 0000:00:12.0", "not bound to ").size(), 1U) << log();
  EXPECT_TRUE(is_logged("options: . kept.")) << log();
  EXPECT_EQ(log().find("-qb"), std::string::npos) << log();
  ASSERT_EQ(root_->write("sbin/modprobe",
                         "#!/bin/sh\n[ -z \"${MODPROBE_OPTIONS+x}\" ] || exit 9\nexit 3\n"),
            0);
  apply("5", {.environment = {{"MODPROBE_OPTIONS", "-qb"}}});
  EXPECT_TRUE(is_logged("modprobe ended with status 3")) << log();
}

TEST_F(ProcessTest, AModprobeThatWritesAMegabyteBlocksNobody) {
  boot_with_modules();
  replace_modprobe("dd if=/dev/zero bs=1k count=1000 2>/dev/null | tr '\\0' 'x' >&2; exit 1");
  apply("5");
  EXPECT_LT(result_.duration, std::chrono::seconds(5));
  expect_12_not_there("modprobe ended with status 1");
  EXPECT_LT(log().size(), 4096U);
}

TEST_F(ProcessTest, AModprobeThatEndsItsCallerCostsTheModulesAlone) {
  boot_with_modules();
  replace_modprobe("kill -9 $PPID");
  apply();
  expect_12_not_there("loading \"pci-stub\": its process was ended by signal 9");
  EXPECT_EQ(driver("00:13.0"), "vfio-pci");
}

TEST_F(ProcessTest, AModprobeThatHangsCostsItsModuleAlone) {
  boot(
      "bus pci\ndevice pci 0000:00:12.0\ndevice pci 0000:00:13.0\n"
      "module pci-stub registers pci pci-stub\nmodule vfio-pci registers pci vfio-pci\n",
      rules);
  replace_modprobe(
      "case $* in *pci-stub*) sleep 1000 ;; esac\n"
      "shift 2; for name; do echo \"load $name\" >\"$root/sys/.control\"; done");
  apply("1");
  EXPECT_LT(result_.duration, std::chrono::seconds(7));
  EXPECT_EQ(result_.status, 1);
  EXPECT_EQ(messages_of("pci 0000:00:12.0", "not bound to ").size(), 1U) << log();
  EXPECT_TRUE(
      is_logged("the driver \"pci-stub\" is not there: loading \"pci-stub\" did not end within"))
      << log();
  EXPECT_EQ(driver("00:13.0"), "vfio-pci") << log();
}

}  // namespace
