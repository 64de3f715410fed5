// SPDX-License-Identifier: LGPL-2.1-or-later
// A run of `apply` that is ended by SIGTERM at any of its system calls: nothing is taken by
// mistake, nothing is half written, and the next run finishes it.
#include <cstdlib>
#include <map>
#include <set>
#include <utility>

#include "tests/system/surroundings.hpp"

namespace {

using system_tests::SurroundingsTest;

/// The calls by which a run changes anything, or waits, as strace has them: for each the name and
/// which of that name it is. At any call between two of them it has done as much.
class TerminationTest : public SurroundingsTest {
 protected:
  void SetUp() override {
    SurroundingsTest::SetUp();
    if (!IsSkipped() && std::system("strace -qq -o /dev/null true 2>/dev/null") != 0)
      GTEST_SKIP() << "strace is missing, or may not trace here";
  }

  std::vector<std::pair<std::string, int>> calls_of_a_run() {
    boot();
    const std::string trace = root_->path() / "trace";
    result_ = root_->run(
        {"apply"}, {.environment = no_leaks, .wrapper = {"/usr/bin/strace", "-qq", "-o", trace}});
    EXPECT_EQ(result_.status, 0) << said();
    std::vector<std::pair<std::string, int>> calls;
    std::map<std::string, int> seen;
    std::string text = root_->read("trace").value_or("");
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
      const std::string name = text.substr(at, text.find('(', at) - at);
      const std::string line = text.substr(at, text.find('\n', at) - at);
      const int number = ++seen[name];
      if (changing.count(name) != 0 || line.find("O_CREAT") != std::string::npos)
        calls.emplace_back(name, number);
    }
    return calls;
  }

  const std::set<std::string> changing = {
      "clone",    "clone3",   "fork",     "fsync", "ftruncate", "mkdirat", "poll",  "ppoll",
      "pwrite64", "renameat", "unlinkat", "vfork", "wait4",     "write",   "flock", "renameat2"};
  const std::map<std::string, std::string> no_leaks = {{"ASAN_OPTIONS", "detect_leaks=0"}};
};

/// systemd ends a unit, or a whole initramfs, at any time.
TEST_F(TerminationTest, AtWhicheverCallTheNextRunFindsEverythingInOrder) {
  const auto calls = calls_of_a_run();
  ASSERT_GT(calls.size(), 10U);
  for (const auto& [name, number] : calls) {
    boot();
    const std::string fault = name + ":signal=SIGTERM:when=" + std::to_string(number);
    SCOPED_TRACE(fault);
    result_ = root_->run({"apply"}, {.environment = no_leaks,
                                     .wrapper = {"/usr/bin/strace", "-qq", "-o", "/dev/null", "-e",
                                                 "inject=" + fault}});
    expect_spared();
    // How often it polls depends on the time that the other process takes.
    EXPECT_TRUE(result_.status == 128 + 15 || (result_.status == 0 && name == "poll")) << said();
    const auto saved = root_->read("run/driver-override/rules");
    EXPECT_TRUE(!saved || saved->ends_with("\nend 1\n")) << *saved;
    result_ = root_->run({"apply"});
    EXPECT_EQ(result_.status, 0) << said();
    for (const char* slot : {"00:10.0", "00:11.0"}) {
      EXPECT_EQ(driver(slot), "pci-stub") << log();
      EXPECT_TRUE(is_claimed_as(slot, "done")) << claim(slot);
    }
    expect_spared();
  }
}

}  // namespace
