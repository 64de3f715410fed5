// SPDX-License-Identifier: LGPL-2.1-or-later
// What parent and child share, in one process: records, moments, and who wins when one gives up
// while the other goes on.
#include "hook/progress.hpp"

#include <gtest/gtest.h>

#include <map>

#include "hook/steps.hpp"

namespace driver_override {
namespace {

std::map<std::size_t, std::string> records(Progress& progress) {
  std::map<std::size_t, std::string> found;
  progress.take_records(
      [&](std::size_t step, std::string_view learnt) { found[step] = std::string(learnt); });
  return found;
}

using Records = std::map<std::size_t, std::string>;

TEST(Progress, AMomentSaysWhatIsUnderWay) {
  Progress progress(3, 7);
  ASSERT_TRUE(progress.is_mapped());
  EXPECT_EQ(progress.now().step, 7U);
  EXPECT_EQ(progress.now().what, "");
  ASSERT_TRUE(progress.begin(8, "probing", "e1000"));
  const Progress::Moment moment = progress.now();
  EXPECT_EQ(moment.step, 8U);
  EXPECT_EQ(moment.what, "probing");
  EXPECT_EQ(moment.driver, "e1000");
  EXPECT_LE(moment.since, Progress::Clock::now());
  ASSERT_TRUE(progress.begin(8, "waiting", {}));
  EXPECT_GT(progress.now().turn, moment.turn);
  EXPECT_EQ(progress.now().driver, "");
}

TEST(Progress, ARecordEndsItsStep) {
  Progress progress(3, 0);
  ASSERT_TRUE(progress.begin(0, "probing", "e1000"));
  ASSERT_TRUE(progress.record(0, "done"));
  EXPECT_EQ(progress.now().step, 1U);
  EXPECT_EQ(progress.now().what, "");
  EXPECT_EQ(records(progress), (Records{{0, "done"}}));
  EXPECT_EQ(records(progress), Records{});
  ASSERT_TRUE(progress.record(2, ""));
  EXPECT_EQ(records(progress), (Records{{2, ""}}));
}

TEST(Progress, WhoIsGivenUpBeginsAndRecordsNothing) {
  Progress progress(3, 0);
  ASSERT_TRUE(progress.begin(0, "probing", {}));
  ASSERT_TRUE(progress.give_up(progress.now().turn));
  EXPECT_FALSE(progress.begin(0, "more", {}));
  EXPECT_FALSE(progress.record(0, "done"));
  EXPECT_EQ(records(progress), Records{});
}

TEST(Progress, WhoHasGoneOnIsNotGivenUp) {
  Progress progress(3, 0);
  ASSERT_TRUE(progress.begin(0, "probing", {}));
  const std::uint64_t turn = progress.now().turn;
  ASSERT_TRUE(progress.begin(0, "more", {}));
  EXPECT_FALSE(progress.give_up(turn));
  EXPECT_TRUE(progress.record(0, "done"));
}

TEST(Progress, WhoTriesAgainIsGivenNoMoreTime) {
  Progress progress(3, 0);
  ASSERT_TRUE(progress.begin(1, "probing", "e1000"));
  const Progress::Moment before = progress.now();
  ASSERT_TRUE(progress.go_on());
  const Progress::Moment after = progress.now();
  EXPECT_GT(after.turn, before.turn);
  EXPECT_EQ(after.since, before.since);
  EXPECT_EQ(after.step, 1U);
  EXPECT_EQ(after.what, "probing");
  EXPECT_EQ(after.driver, "e1000");
  EXPECT_FALSE(progress.give_up(before.turn));
  ASSERT_TRUE(progress.give_up(after.turn));
  EXPECT_FALSE(progress.go_on());
}

TEST(Progress, LongTextsAreCut) {
  Progress progress(1, 0);
  ASSERT_TRUE(progress.begin(0, std::string(300, 'a'), std::string(255, 'b')));
  EXPECT_EQ(progress.now().what, std::string(255, 'a'));
  EXPECT_EQ(progress.now().driver, std::string(255, 'b'));
  ASSERT_TRUE(progress.record(0, std::string(5000, 'c')));
  EXPECT_EQ(records(progress), (Records{{0, std::string(3072, 'c')}}));
}

TEST(Progress, EveryStepHasRoomForTheStartOfItsRecord) {
  constexpr std::size_t steps = 2000;
  Progress progress(steps, 0);
  const std::string text = "12345678" + std::string(3000, 'x');
  for (std::size_t step = 0; step < steps; ++step) ASSERT_TRUE(progress.record(step, text));
  const Records found = records(progress);
  ASSERT_EQ(found.size(), steps);
  EXPECT_EQ(found.at(0), text);
  EXPECT_EQ(found.at(steps - 1).substr(0, 8), "12345678");
  EXPECT_LT(found.at(steps - 1).size(), text.size());
  std::size_t bytes = 0;
  for (const auto& [step, learnt] : found) bytes += 8 + learnt.size();
  EXPECT_LE(bytes, (std::size_t{1} << 20U) + steps * 16) << "behind the memory's end";
}

TEST(Progress, ItEnds) {
  Progress progress(1, 0);
  EXPECT_FALSE(progress.is_finished());
  progress.finish();
  EXPECT_TRUE(progress.is_finished());
}

TEST(Progress, TimesAreToldInTenths) {
  EXPECT_EQ(to_text(std::chrono::milliseconds(10000)), "10 s");
  EXPECT_EQ(to_text(std::chrono::milliseconds(7599)), "7.5 s");
}

}  // namespace
}  // namespace driver_override
