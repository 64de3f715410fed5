// SPDX-License-Identifier: LGPL-2.1-or-later
// Claims: one winner per device, and a file that is not a sound claim of that device forbids it.
#include "hook/claims.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "hook/late_claims.hpp"
#include "tests/temporary_root.hpp"

namespace driver_override {
namespace {

namespace fs = std::filesystem;

// NOLINTNEXTLINE(cert-err58-cpp): a test program that cannot make it may end at once.
const std::string folder = "run/driver-override/devices/";

class ClaimsTest : public testing::Test {
 protected:
  static Claim claim(const std::string& bus, const std::string& name,
                     ClaimState state = ClaimState::pending) {
    return {{bus, name}, state, 42, "vfio-pci", bus + ",x=vfio-pci", {}, false};
  }
  void expect_unreadable(const std::string& what) {
    const auto found = claims_.find(card_);
    ASSERT_TRUE(found) << what;
    EXPECT_EQ(found->state, ClaimState::unreadable) << what;
    EXPECT_EQ(found->device, card_) << what;
    const auto all = claims_.all();
    ASSERT_EQ(all.size(), 1U) << what;
    EXPECT_EQ(all[0].state, ClaimState::unreadable) << what;
    EXPECT_EQ(all[0].device, card_) << what;
    claims_.make(claim("pci", card_.name), error_);
    EXPECT_EQ(error_, std::errc::file_exists) << what;
  }

  TemporaryRoot files_;
  Claims claims_{files_.root()};
  DeviceId card_ = {"pci", "0000:02:00.0"};
  std::string path_ = folder + "pci,0000:02:00.0";
  std::error_code error_;
};

TEST_F(ClaimsTest, WithoutAnyThereAreNone) {
  EXPECT_EQ(claims_.find(card_), std::nullopt);
  EXPECT_TRUE(claims_.all().empty());
}

TEST_F(ClaimsTest, AClaimIsMadeOnceAndComesBack) {
  Claim made = claim("pci", card_.name);
  made.inode = ~0ULL;
  made.late = true;
  made.reason = "why\nnot %41 \xFF";
  claims_.make(made, error_);
  ASSERT_FALSE(error_) << error_.message();
  claims_.make(claim("pci", card_.name, ClaimState::done), error_);
  EXPECT_EQ(error_, std::errc::file_exists);
  const auto found = claims_.find(card_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->state, ClaimState::pending);
  EXPECT_EQ(found->inode, ~0ULL);
  EXPECT_EQ(found->driver, "vfio-pci");
  EXPECT_EQ(found->rule, "pci,x=vfio-pci");
  EXPECT_EQ(found->reason, made.reason);
  EXPECT_TRUE(found->late);
}

TEST_F(ClaimsTest, APlanRecallsOnlyWhatWasDoneToTheSameDevice) {
  files_.put("sys/bus/pci/devices/0000:02:00.0/vendor", "0x8086\n");
  Claim old = claim("pci", card_.name, ClaimState::waiting);
  old.hangs = true;
  const auto recalled = [&](std::uint64_t inode) {
    old.inode = inode;
    claims_.record(old, error_);
    Plan plan;
    plan.actions.push_back({Device(card_), "vfio-pci", 0, true, {}});
    recall_late_claims(files_.root(), plan);
    return plan.actions[0];
  };
  const std::uint64_t present = incarnation(files_.root(), card_);
  EXPECT_EQ(recalled(present).our_override, "vfio-pci");
  EXPECT_TRUE(recalled(present).hung_before);
  EXPECT_EQ(recalled(present + 1).our_override, "");
  EXPECT_FALSE(recalled(present + 1).hung_before);
  EXPECT_TRUE(recalled(present + 1).unverified);
}

TEST_F(ClaimsTest, EachStateReplacesTheOneBefore) {
  for (const ClaimState state :
       {ClaimState::pending, ClaimState::done, ClaimState::waiting, ClaimState::left_alone,
        ClaimState::failed, ClaimState::unfinished, ClaimState::cleared}) {
    claims_.record(claim("pci", card_.name, state), error_);
    EXPECT_FALSE(error_);
    EXPECT_EQ(claims_.find(card_)->state, state);
    EXPECT_EQ(claims_.all().size(), 1U);
  }
}

TEST_F(ClaimsTest, AnOpenClaimIsCompletedInItsPlace) {
  for (const std::string& reason :
       {std::string(), std::string("a short one"), std::string(3000, 'r')})
    for (const ClaimState state : {ClaimState::done, ClaimState::unfinished, ClaimState::pending}) {
      OpenClaim open = claims_.begin(claim("pci", card_.name), error_);
      ASSERT_FALSE(error_) << error_.message();
      const auto inode = files_.root().inode(path_);
      Claim& completed = open.claim;
      completed.state = state;
      completed.reason = reason;
      completed.hangs = state == ClaimState::unfinished;
      claims_.complete(open, error_);
      EXPECT_FALSE(error_) << error_.message();
      EXPECT_EQ(files_.root().inode(path_), inode);
      const auto found = claims_.find(card_);
      ASSERT_TRUE(found);
      EXPECT_EQ(found->state, state);
      EXPECT_EQ(found->reason, reason);
      EXPECT_EQ(found->hangs, completed.hangs);
      EXPECT_EQ(found->rule, completed.rule);
      const std::string in_place = files_.get(path_);
      claims_.record(completed, error_);
      EXPECT_EQ(files_.get(path_), in_place);
    }
}

/// Completed, but for the end: its process was killed between the two writes.
TEST_F(ClaimsTest, WhatStandsBehindACompletedClaimIsNoMatter) {
  claims_.record(claim("pci", card_.name, ClaimState::done), error_);
  files_.put(path_, files_.get(path_) + "ng\n");
  EXPECT_EQ(claims_.find(card_)->state, ClaimState::done);
}

TEST_F(ClaimsTest, AClaimThatCouldNotBeOpenedIsCompletedAllTheSame) {
  fs::create_directories(files_.path(path_));
  OpenClaim open = claims_.begin(claim("pci", card_.name), error_);
  EXPECT_EQ(error_, std::errc::is_a_directory);
  fs::remove(files_.path(path_));
  open.claim.state = ClaimState::failed;
  claims_.complete(open, error_);
  EXPECT_FALSE(error_) << error_.message();
  EXPECT_EQ(claims_.find(card_)->state, ClaimState::failed);
}

/// In a process of its own: waits for the word to go, and ends with 0 if it made the claim.
pid_t start_contender(const TemporaryRoot& files, const Claim& claim,
                      const std::array<int, 2>& go) {
  const pid_t process = ::fork();
  if (process != 0) return process;
  ::close(go[1]);
  char word = 0;
  (void)!::read(go[0], &word, 1);  // until the parent closes its end
  std::error_code error;
  Claims(files.root()).make(claim, error);
  ::_exit(!error ? 0 : error == std::errc::file_exists ? 1 : 2);
}

TEST_F(ClaimsTest, OfFiftyAtOnceOneWins) {
  for (int round = 0; round < 2; ++round) {
    const Claim wanted = claim("pci", "0000:03:00." + std::to_string(round));
    std::array<int, 2> go{};
    ASSERT_EQ(::pipe(go.data()), 0);
    std::vector<pid_t> processes(50);
    for (pid_t& process : processes) process = start_contender(files_, wanted, go);
    ::close(go[0]);
    ::close(go[1]);
    std::array<int, 3> ends{};
    for (const pid_t process : processes) {
      int status = 0;
      ASSERT_EQ(::waitpid(process, &status, 0), process);
      ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) < 3);
      ++ends.at(static_cast<std::size_t>(WEXITSTATUS(status)));
    }
    EXPECT_EQ(ends, (std::array<int, 3>{1, 49, 0}));
    EXPECT_EQ(claims_.find(wanted.device)->state, ClaimState::pending);
  }
}

TEST_F(ClaimsTest, WhatIsNoClaimIsUnreadable) {
  claims_.record(claim("pci", card_.name, ClaimState::done), error_);
  const std::string sound = files_.get(path_);
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = sound;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& text :
       {std::string("garbage\n"), std::string("\n\n\n"), std::string(5000, '\0'),
        std::string("\xFF\xFE\x00\x01\n", 5), std::string((1U << 20U) + 1U, 'x'),
        changed("state done", "state gone"), changed("inode 42", "inode 42x"),
        changed("inode 42", "inode -1"), changed("inode 42", "inode 99999999999999999999"),
        changed("inode 42", "inode "), changed("02:00.0", "02:00.1"),
        changed("bus pci", "bus platform")}) {
    files_.put(path_, text);
    expect_unreadable(text.substr(0, 80));
  }
}

TEST_F(ClaimsTest, ACutClaimIsUnreadable) {
  claims_.record(claim("pci", card_.name, ClaimState::done), error_);
  const std::string sound = files_.get(path_);
  for (std::size_t size = 1; size < sound.size(); ++size) {
    files_.put(path_, sound.substr(0, size));
    expect_unreadable(std::to_string(size));
  }
}

/// Its process was killed between making it and writing it.
TEST_F(ClaimsTest, AnEmptyClaimIsPendingForWhicheverDeviceHasTheName) {
  files_.put(path_, "");
  for (const Claim& found : {*claims_.find(card_), claims_.all().at(0)}) {
    EXPECT_EQ(found.state, ClaimState::pending);
    EXPECT_EQ(found.device, card_);
    EXPECT_EQ(found.inode, 0U);
  }
  claims_.make(claim("pci", card_.name), error_);
  EXPECT_EQ(error_, std::errc::file_exists);
  (void)claims_.begin(claim("pci", card_.name, ClaimState::done), error_);
  EXPECT_FALSE(error_) << error_.message();
  EXPECT_EQ(claims_.find(card_)->state, ClaimState::done);
}

TEST_F(ClaimsTest, AnEmptyFileOfNoDevicesNameIsUnreadable) {
  files_.put(folder + "pci", "");
  EXPECT_EQ(claims_.all().at(0).state, ClaimState::unreadable);
}

TEST_F(ClaimsTest, WhatIsNoFileIsUnreadable) {
  fs::create_directories(files_.path(path_));
  expect_unreadable("a folder");
  fs::remove(files_.path(path_));
  ASSERT_EQ(::mkfifo(files_.path(path_).c_str(), 0600), 0);
  expect_unreadable("a FIFO");
  fs::remove(files_.path(path_));
  fs::create_symlink("pci,0000:02:00.0", files_.path(path_));
  expect_unreadable("a loop");
}

TEST_F(ClaimsTest, AFileOfNoDevicesNameIsUnreadable) {
  claims_.record(claim("pci", card_.name, ClaimState::done), error_);
  fs::rename(files_.path(path_), files_.path(folder + "pci"));
  ASSERT_EQ(claims_.all().size(), 1U);
  EXPECT_EQ(claims_.all()[0].state, ClaimState::unreadable);
  EXPECT_EQ(claims_.all()[0].device, (DeviceId{"?", "pci"}));
  EXPECT_EQ(claims_.find(card_), std::nullopt);
}

TEST_F(ClaimsTest, ANameThatIsWrittenOtherwiseIsStray) {
  claims_.record(claim("platform", "a,b", ClaimState::done), error_);
  ASSERT_EQ(claims_.all().size(), 1U);
  EXPECT_FALSE(is_stray_claim(claims_.all()[0]));
  fs::rename(files_.path(folder + "platform,a%2cb"), files_.path(folder + "platform,a%2Cb"));
  ASSERT_EQ(claims_.all().size(), 1U);
  EXPECT_TRUE(is_stray_claim(claims_.all()[0]));
  EXPECT_EQ(claims_.all()[0].device.name, "platform,a%2Cb");
  EXPECT_EQ(claims_.all()[0].state, ClaimState::unreadable);
}

TEST_F(ClaimsTest, WhatIsHalfWrittenIsNotThere) {
  files_.put(folder + ".new.123", "bus pci\n");
  EXPECT_TRUE(claims_.all().empty());
}

TEST_F(ClaimsTest, NamesOfAnyBytesStayApart) {
  std::vector<std::string> names = {"a,b", "a%2cb", "a b", ".hidden", "\xFF\xFE", "new\nline", "%",
                                    "*",   "a=b",   "A",   "a",       "...",      "\x01"};
  for (const std::string& name : names) {
    claims_.make(claim("platform", name, ClaimState::done), error_);
    EXPECT_FALSE(error_) << name;
  }
  std::sort(names.begin(), names.end());
  std::vector<std::string> found;
  for (const Claim& one : claims_.all()) {
    EXPECT_EQ(one.state, ClaimState::done) << one.device.name;
    found.push_back(one.device.name);
  }
  EXPECT_EQ(found, names);
  for (const std::string& name : names)
    EXPECT_EQ(claims_.find({"platform", name})->state, ClaimState::done) << name;
}

TEST_F(ClaimsTest, ANameThatNoFileCanHaveIsAnErrorAndForbidsTheDevice) {
  const std::string name(100, ',');  // of three bytes each, as %2c
  claims_.make(claim("platform", name), error_);
  EXPECT_EQ(error_, std::errc::filename_too_long);
  claims_.record(claim("platform", name), error_);
  EXPECT_EQ(error_, std::errc::filename_too_long);
  EXPECT_TRUE(claims_.all().empty());
  EXPECT_EQ(claims_.find({"platform", name})->state, ClaimState::unreadable);
}

TEST_F(ClaimsTest, TheLongestNameCanBeClaimedAndReplaced) {
  const std::string name(255 - std::string("platform,").size(), 'n');
  claims_.make(claim("platform", name), error_);
  EXPECT_FALSE(error_);
  claims_.record(claim("platform", name, ClaimState::done), error_);
  EXPECT_FALSE(error_) << error_.message();
  EXPECT_EQ(claims_.find({"platform", name})->state, ClaimState::done);
}

TEST_F(ClaimsTest, AFileInPlaceOfTheFolderIsAnError) {
  files_.put("run/driver-override", "x");
  claims_.make(claim("pci", card_.name), error_);
  EXPECT_EQ(error_, std::errc::not_a_directory);
  claims_.record(claim("pci", card_.name), error_);
  EXPECT_EQ(error_, std::errc::not_a_directory);
}

TEST_F(ClaimsTest, ALinkOutOfTheRootIsNotFollowed) {
  const TemporaryRoot outside;
  fs::create_directories(files_.path("run"));
  fs::create_symlink(outside.path(), files_.path("run/driver-override"));
  claims_.record(claim("pci", card_.name), error_);
  EXPECT_TRUE(error_);
  EXPECT_TRUE(fs::is_empty(outside.path()));
}

/// Everybody can open the folder of claims, and lock what can be opened (flock(2)).
TEST_F(ClaimsTest, WhoeverLocksTheFolderHoldsNobodyUp) {
  claims_.make(claim("pci", card_.name), error_);
  const Descriptor stranger(::open(files_.path(folder).c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(stranger.number(), LOCK_EX | LOCK_NB), 0);
  const Descriptor lock = claims_.lock(error_);
  EXPECT_FALSE(error_) << error_.message();
  EXPECT_GE(lock.number(), 0);
  EXPECT_EQ(fs::status(files_.path("run/driver-override/lock")).permissions(), fs::perms(0600));
  EXPECT_EQ(claims_.all().size(), 1U);
}

TEST_F(ClaimsTest, ADeviceThatComesBackHasAnotherIncarnation) {
  files_.put("sys/devices/a/class", "");
  fs::create_directories(files_.path("sys/bus/pci/devices"));
  fs::create_symlink("../../../devices/a", files_.path("sys/bus/pci/devices/0000:02:00.0"));
  const std::uint64_t first = incarnation(files_.root(), card_);
  EXPECT_NE(first, 0U);
  EXPECT_EQ(incarnation(files_.root(), card_), first);
  fs::rename(files_.path("sys/devices/a"), files_.path("sys/devices/old"));
  EXPECT_EQ(incarnation(files_.root(), card_), 0U);
  files_.put("sys/devices/a/class", "");
  EXPECT_NE(incarnation(files_.root(), card_), first);
}

}  // namespace
}  // namespace driver_override
