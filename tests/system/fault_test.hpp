// SPDX-License-Identifier: LGPL-2.1-or-later
// What the tests of faults share: a run of `apply` on a described machine, and what every fault
// leaves behind. What a single fault does belongs in its test.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "tests/system/fake_root.hpp"

namespace system_tests {

class FaultRun : public system_tests::FakeRootTest {
 protected:
  void boot(std::string_view machine, std::string_view command_line) {
    root_.emplace(machine, command_line);
  }

  void apply(std::string_view timeout = "10", const RunOptions& options = {}) {
    result_ = root_->run({"apply", "--timeout", std::string(timeout)}, options);
  }

  /// Puts a shell script in modprobe's place.
  void replace_modprobe(const std::string& script) {
    ASSERT_EQ(root_->write("sbin/modprobe",
                           "#!/bin/sh\nroot='" + root_->path().string() + "'\n" + script + "\n"),
              0);
  }

  std::string log() { return root_->read("dev/kmsg").value_or(""); }

  /// The lines of the log that begin with that, without it and their priority.
  std::vector<std::string> messages_of(const std::string& device, const std::string& start) {
    std::vector<std::string> found;
    const std::string text = log();
    const std::string begin = "driver-override: " + device + ": " + start;
    for (std::size_t at = 0; (at = text.find(begin, at)) != std::string::npos;) {
      at += begin.size();
      found.push_back(text.substr(at, text.find('\n', at) - at));
    }
    return found;
  }

  bool is_logged(const std::string& text) { return log().find(text) != std::string::npos; }

  std::string driver(const std::string& slot) { return root_->driver("pci", "0000:" + slot); }

  std::string claim(const std::string& device) {
    return root_->read("run/driver-override/devices/pci,0000:" + device).value_or("");
  }

  bool is_claimed_as(const std::string& device, const std::string& state) {
    return claim(device).find("\nstate " + state + "\n") != std::string::npos;
  }

  /// How many accesses name the device, or change it.
  std::size_t accesses_to(const std::string& slot) {
    const auto lines = root_->log();
    return static_cast<std::size_t>(std::count_if(
        lines.begin(), lines.end(),
        [&](const std::string& line) { return line.find(slot) != std::string::npos; }));
  }

  std::optional<FakeRoot> root_;
  RunResult result_;
};

}  // namespace system_tests
