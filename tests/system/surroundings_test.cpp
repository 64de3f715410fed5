// SPDX-License-Identifier: LGPL-2.1-or-later
// What a caller or a machine can lack or spoil: memory, descriptors, signals, languages, process
// numbers, space in /run. The program ends by itself, and says what it could not do.
#include "tests/system/surroundings.hpp"

#include <sys/mount.h>

#include <csignal>
#include <cstdlib>
#include <map>

namespace {

using system_tests::is_shipped;
using system_tests::RunOptions;
using system_tests::RunResult;
using system_tests::SurroundingsTest;
using system_tests::under;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

TEST_F(SurroundingsTest, WithHoweverFewDescriptorsNothingIsTakenByMistake) {
  boot();
  bool is_enough = false;
  for (int limit = 4; limit <= 24 && !is_enough; ++limit) {
    SCOPED_TRACE(limit);
    result_ = root_->run({"apply"}, under("ulimit -n " + std::to_string(limit) + "; exec \"$@\""));
    expect_spared();
    // With none at all, --root cannot be opened, or the loader finds no library.
    const int status = result_.status;
    const bool is_told = (status == 1 || status == 2 || status == 127) && !said().empty();
    ASSERT_TRUE(status == 0 || is_told) << status << said();
    is_enough = result_.status == 0;
  }
  ASSERT_TRUE(is_enough) << said();
  expect_taken();
}

TEST_F(SurroundingsTest, WithHoweverLittleMemoryNothingIsTakenByMistake) {
  if (!is_shipped()) GTEST_SKIP() << "sanitizers reserve terabytes";
  boot();
  const auto within = [](int kilobytes) {
    return under("ulimit -v " + std::to_string(kilobytes) + " 2>/dev/null; exec \"$@\"");
  };
  const auto can_start = [&](int kilobytes) {
    RunOptions options = within(kilobytes);
    options.with_root = false;
    return root_->run({"--version"}, options).status == 0;
  };
  int kilobytes = 1024;
  while (kilobytes < 65536 && !can_start(kilobytes)) kilobytes += 128;
  bool is_enough = false;
  for (; kilobytes < 65536 && !is_enough; kilobytes += 128) {
    SCOPED_TRACE(kilobytes);
    result_ = root_->run({"apply"}, within(kilobytes));
    expect_spared();
    ASSERT_TRUE(result_.status == 0 || result_.status == 1) << result_.status << said();
    EXPECT_TRUE(result_.status == 0 || !said().empty());
    is_enough = result_.status == 0;
  }
  ASSERT_TRUE(is_enough) << said();
  expect_taken();
}

/// As in an initramfs, where nobody hears standard error. Most of the memory is for the rules.
TEST_F(SurroundingsTest, ThatMemoryWasMissingIsInTheKernelsLog) {
  if (!is_shipped()) GTEST_SKIP() << "sanitizers reserve terabytes";
  boot();
  std::string rules;
  for (int number = 0; number < 4000; ++number) rules += "pci,0000:ab:1f.7=some-driver\n";
  ASSERT_EQ(root_->write("etc/driver-override.d/a.conf", rules), 0);
  int ended_early = 0;
  for (int kilobytes = 2048; kilobytes < 65536; kilobytes += 512) {
    SCOPED_TRACE(kilobytes);
    ASSERT_EQ(root_->write("dev/kmsg", ""), 0);
    result_ = root_->run({"apply"}, under("ulimit -v " + std::to_string(kilobytes) +
                                          "; exec \"$@\" >/dev/null 2>&1"));
    if (result_.status == 0) break;
    EXPECT_TRUE(result_.status != 1 || !log().empty());
    if (is_logged("<27>driver-override: apply ended early: there is not enough memory\n"))
      ++ended_early;
  }
  EXPECT_EQ(result_.status, 0) << log();
  EXPECT_GT(ended_early, 0);
}

/// The kernel's log of the test is a file, too, so that nothing but a pipe is left to say it.
TEST_F(SurroundingsTest, ThatNoFileMayBeWrittenIsToldOf) {
  boot();
  const std::string line = "(ulimit -f 0; \"$@\" 2>&1; echo \"status $?\") | cat";
  result_ = root_->run({"apply"}, under(line));
  EXPECT_NE(result_.out.find("status 1\n"), std::string::npos) << result_.out;
  EXPECT_NE(result_.out.find("the rules cannot be kept for later: File too large"),
            std::string::npos)
      << result_.out;
  expect_spared();
}

TEST_F(SurroundingsTest, ModprobeIsEndedByALimitOfFilesAsElsewhere) {
  boot();
  replace_modprobe("exec >\"$root/modprobe-signals\"; grep SigIgn /proc/self/status");
  result_ = root_->run({"apply"});
  const std::string ignored = root_->read("modprobe-signals").value_or("");
  ASSERT_TRUE(ignored.starts_with("SigIgn:\t")) << ignored;
  constexpr unsigned long long file_limit = 1ULL << (SIGXFSZ - 1);
  EXPECT_EQ(std::stoull(ignored.substr(8), nullptr, 16) & file_limit, 0U) << ignored;
}

TEST_F(SurroundingsTest, SignalsThatTheCallerIgnoresChangeNothing) {
  boot();
  result_ = root_->run({"apply"}, under("trap '' CHLD TERM HUP INT PIPE USR1 ALRM; exec \"$@\""));
  EXPECT_EQ(result_.status, 0) << said();
  expect_taken();
}

TEST_F(SurroundingsTest, ThatModprobeFailsIsSeenEvenIfTheCallerIgnoresItsChildren) {
  boot();
  replace_modprobe("exit 3");
  result_ = root_->run({"apply"}, under("trap '' CHLD; exec \"$@\""));
  EXPECT_EQ(result_.status, 1);
  EXPECT_TRUE(is_logged("modprobe ended with status 3")) << log();
}

TEST_F(SurroundingsTest, TwoAtOnceEndAsOneDoes) {
  for (int round = 0; round < 3; ++round) {
    boot();
    result_ =
        root_->run({"apply"}, under("\"$@\" & one=$!; \"$@\"; two=$?; wait $one && exit $two"));
    EXPECT_EQ(result_.status, 0) << said();
    expect_taken();
    EXPECT_EQ(root_->run({"status"}).status, 0);
  }
}

TEST_F(SurroundingsTest, FilesOfACallerWithoutAMaskAreWrittenByRootAlone) {
  boot();
  result_ = root_->run({"apply"}, under("umask 0; exec \"$@\""));
  EXPECT_EQ(root_->run({"save", "pci,0000:00:10.0=pci-stub"}, under("umask 0; exec \"$@\"")).status,
            0);
  expect_taken();
  for (const char* top : {"run", "etc"})
    for (const auto& entry : fs::recursive_directory_iterator(root_->path() / top))
      EXPECT_EQ(entry.status().permissions() & (fs::perms::group_write | fs::perms::others_write),
                fs::perms::none)
          << entry.path();
}

TEST_F(SurroundingsTest, TheCallersLanguageChangesNoWord) {
  const std::map<std::string, std::string> nonsense = {
      {"LANG", "tr_TR.UTF-8"},     {"LC_ALL", "xx_YY.no-such@\xFF"},
      {"LANGUAGE", "\xFE:de"},     {"LC_NUMERIC", "de_DE"},
      {"TZ", ":../../etc/passwd"}, {"COLUMNS", "-1"},
      {"POSIXLY_CORRECT", "1"},    {"TERM", "\x1b[2J"}};
  boot();
  ASSERT_EQ(root_->run({"apply"}).status, 0);
  for (const Words& command : {Words{"plan"}, Words{"status"}, Words{"status", "--json"},
                               Words{"list"}, Words{"check", "pci,00:1I.0=i"}, Words{"help"}}) {
    const RunResult plain = root_->run(command, under("exec env -i \"$@\""));
    const RunResult other = root_->run(command, {.environment = nonsense});
    EXPECT_EQ(plain.out, other.out) << command[0];
    EXPECT_EQ(plain.err, other.err) << command[0];
    EXPECT_EQ(plain.status, other.status) << command[0];
  }
}

/// As init itself, and as a child of init.
TEST_F(SurroundingsTest, ThatItOrItsParentIsProcessOneChangesNothing) {
  if (std::system("unshare --fork --pid --mount-proc true 2>/dev/null") != 0)
    GTEST_SKIP() << "no process numbers of its own can be had here";
  for (const char* line : {"exec \"$@\"", "\"$@\"; exit $?"}) {
    boot();
    result_ = root_->run({"apply"}, {.wrapper = {"/usr/bin/env", "unshare", "--fork", "--pid",
                                                 "--mount-proc", "/bin/sh", "-c", line, "sh"}});
    EXPECT_EQ(result_.status, 0) << said();
    expect_taken();
  }
}

/// A /run that has room for so many files and pages.
class FillingRunTest : public SurroundingsTest {
 protected:
  void apply_with_run(const std::string& options) {
    boot();
    const std::string run = root_->path() / "run";
    if (::mount("none", run.c_str(), "tmpfs", 0, options.c_str()) != 0)
      GTEST_SKIP() << "no tmpfs can be mounted here";
    apply();
    expect_told_and_bound();
    EXPECT_EQ(::umount2(run.c_str(), MNT_DETACH), 0);
  }

  void expect_told_and_bound() {
    expect_spared();
    for (const char* slot : {"00:10.0", "00:11.0"}) EXPECT_EQ(driver(slot), "pci-stub") << log();
    const bool is_told = is_logged("No space left on device");
    is_enough_ = !is_told;
    EXPECT_EQ(left_over(), Words{});
    if (is_enough_) expect_taken();
    // A list that is cut would have lost the exception.
    const auto saved = root_->read("run/driver-override/rules");
    EXPECT_TRUE(!saved || saved->ends_with("\nend 1\n")) << *saved;
    EXPECT_TRUE(saved || is_logged("the rules cannot be kept for later")) << log();
  }

  bool is_enough_ = false;
};

TEST_F(FillingRunTest, WhicheverFileIsOneTooManyTheDevicesAreBound) {
  int files = 2;
  for (; files < 24 && !is_enough_ && !IsSkipped(); ++files) {
    SCOPED_TRACE(files);
    apply_with_run("size=1m,nr_inodes=" + std::to_string(files));
  }
  EXPECT_TRUE(IsSkipped() || files > 8) << files;
}

TEST_F(FillingRunTest, WhicheverPageIsOneTooManyTheDevicesAreBound) {
  int pages = 1;
  for (; pages < 24 && !is_enough_ && !IsSkipped(); ++pages) {
    SCOPED_TRACE(pages);
    apply_with_run("nr_inodes=1000,size=" + std::to_string(4 * pages) + "k");
  }
  EXPECT_TRUE(IsSkipped() || pages > 3) << pages;
}

}  // namespace
