// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/terminal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tool/view/verdict.hpp"

namespace driver_override {
namespace {

TEST(WrapText, BreaksAtBlanks) {
  EXPECT_EQ(wrap_text("the driver is not there", 12, 0, 2), "the driver\n  is not\n  there");
  EXPECT_EQ(wrap_text("fits", 4, 0, 2), "fits");
}

TEST(WrapText, CountsWhatIsUsed) {
  EXPECT_EQ(wrap_text("one two", 10, 4, 4), "one\n    two");
}

TEST(WrapText, CutsNothing) {
  const std::string word(40, 'x');
  EXPECT_EQ(wrap_text("a " + word + " b", 10, 0, 2), "a\n  " + word + "\n  b");
  EXPECT_EQ(wrap_text("no limit at all", 0, 3, 2), "no limit at all");
}

TEST(WrapText, KeepsEveryWordAndEveryWidth) {
  const std::string text = "pci 0000:0a:00.0: nouveau -> vfio-pci (override now \u00e4\u00f6)  end";
  std::istringstream words(text);
  const std::vector<std::string> all{std::istream_iterator<std::string>(words), {}};
  for (std::size_t width = 1; width < 70; ++width) {
    std::istringstream wrapped(wrap_text(text, width, 0, 0));
    EXPECT_EQ((std::vector<std::string>{std::istream_iterator<std::string>(wrapped), {}}), all);
  }
}

PlanRow row(PlannedStep step, bool refused = false) {
  PlanRow one{Device({"pci", "0000:00:01.0"}), {}, "x", step, 0, {}, refused};
  return one;
}

TEST(Verdict, CountsRowsAndMessages) {
  Configuration configuration;
  const std::vector<PlanRow> rows = {row(PlannedStep::set), row(PlannedStep::set),
                                     row(PlannedStep::keep), row(PlannedStep::skip)};
  EXPECT_EQ(reach_verdict(configuration, rows, {}).text, "2 to set, 1 kept, 1 skipped");
  EXPECT_TRUE(reach_verdict(configuration, rows, {}).is_ready);
  const Verdict doubtful = reach_verdict(configuration, rows, {{Severity::warning, "x"}});
  EXPECT_EQ(doubtful.text, "2 to set, 1 kept, 1 skipped, 1 warning");
  EXPECT_FALSE(doubtful.is_ready);
  EXPECT_TRUE(reach_verdict(configuration, rows, {{Severity::note, "x"}}).is_ready);
}

TEST(Verdict, IsNotReadyForARefusalOrTheKillSwitch) {
  Configuration configuration;
  const Verdict refused = reach_verdict(configuration, {row(PlannedStep::skip, true)}, {});
  EXPECT_EQ(refused.text, "0 to set, 0 kept, 1 skipped, 1 error");
  EXPECT_FALSE(refused.is_ready);
  configuration.enabled = false;
  EXPECT_EQ(reach_verdict(configuration, {}, {}).text, "0 to set, 0 kept, 0 skipped, switched off");
  EXPECT_FALSE(reach_verdict(configuration, {}, {}).is_ready);
}

}  // namespace
}  // namespace driver_override
