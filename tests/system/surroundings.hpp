// SPDX-License-Identifier: LGPL-2.1-or-later
// A small machine with a pattern and an exception, for tests of what surrounds a run: whatever is
// missing or spoilt, nothing is taken that no rule names or an exception spares.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/system/fault_test.hpp"

namespace system_tests {

/// True if the program under test is the one that is shipped, without sanitizers and libraries.
inline bool is_shipped() {
  return std::getenv("DRIVER_OVERRIDE_PROGRAM") != nullptr;
}

inline constexpr std::string_view spared_machine = R"(
bus pci
driver pci e1000
device pci 0000:00:10.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:11.0 class=0x020000 native=e1000
device pci 0000:00:12.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:1f.0 class=0x020000 native=e1000 driver=e1000
module pci-stub registers pci pci-stub
)";
inline constexpr std::string_view pattern_with_exception =
    "quiet driver_override=pci,00:10-12.0=pci-stub driver_override=pci,00:12.0=";

/// Runs a program under a line of shell.
inline RunOptions under(const std::string& line) {
  return {.wrapper = {"/bin/sh", "-c", line, "sh"}};
}

class SurroundingsTest : public FaultRun {
 protected:
  void boot() { FaultRun::boot(spared_machine, pattern_with_exception); }

  /// The exempted card and the one that no rule names keep what they have.
  void expect_spared() {
    for (const char* slot : {"00:12.0", "00:1f.0"}) {
      EXPECT_EQ(driver(slot), "e1000") << slot;
      EXPECT_EQ(override_of(slot), "(null)\n") << slot;
    }
  }

  void expect_taken() {
    for (const char* slot : {"00:10.0", "00:11.0"}) {
      EXPECT_EQ(driver(slot), "pci-stub") << slot << '\n' << log();
      EXPECT_TRUE(is_claimed_as(slot, "done")) << claim(slot);
    }
    expect_spared();
    EXPECT_EQ(left_over(), std::vector<std::string>{});
  }

  std::string override_of(const std::string& slot) {
    return root_->read("sys/bus/pci/devices/0000:" + slot + "/driver_override").value_or("?");
  }

  /// Files that are half written.
  std::vector<std::string> left_over() {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_->path() / "run"))
      if (entry.path().filename().string().starts_with(".new.")) found.push_back(entry.path());
    return found;
  }

  /// What it said anywhere.
  std::string said() { return log() + result_.out + result_.err; }
};

}  // namespace system_tests
