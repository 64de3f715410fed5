// SPDX-License-Identifier: LGPL-2.1-or-later
// A snapshot of each described machine gives the answers that the machine gives: the cases of
// plans/ are run once more, on the snapshot, and must print the same. What a snapshot must not tell
// is looked for in all of its files.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>

#include "tests/shell.hpp"
#include "tests/trees/machine.hpp"

namespace {

namespace fs = std::filesystem;
using device_trees::PlantedRoot;

/// An empty folder for the time of the tests, removed with what is in it.
class EmptyFolder {
 public:
  EmptyFolder() : path_(fs::temp_directory_path() / "snapshot-XXXXXX") {
    std::string pattern = path_.string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error(pattern);
    path_ = pattern;
  }
  ~EmptyFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  EmptyFolder(const EmptyFolder&) = delete;
  EmptyFolder& operator=(const EmptyFolder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

shell::Ending run_program(const std::string& arguments, const fs::path& root) {
  return shell::run(std::string(DRIVER_OVERRIDE_PATH) + " " + arguments + " --root '" +
                    root.string() + "' 2>&1");
}

/// A machine that has been planted, and a snapshot of it.
struct Pair {
  explicit Pair(const std::string& description) : machine(description) {
    ending = run_program("snapshot '" + snapshot.path().string() + "'", machine.path());
  }
  PlantedRoot machine;
  EmptyFolder snapshot;
  shell::Ending ending;
};

const Pair& pair_of(const std::string& tree) {
  static std::map<std::string, std::unique_ptr<Pair>> pairs;
  auto& pair = pairs[tree];
  if (!pair)
    pair = std::make_unique<Pair>(shell::read_file(fs::path(TREES_DIRECTORY) / (tree + ".tree")));
  return *pair;
}

std::vector<fs::path> files_below(const fs::path& folder, const std::string& end) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == end) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

std::string arguments_in(const fs::path& file) {
  std::string arguments;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) arguments += " " + shell::quoted(line);
  return arguments;
}

std::string name_of(const fs::path& path) {
  std::string name = path.parent_path().filename().string() + "_" + path.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

class AnswersOfASnapshot : public testing::TestWithParam<fs::path> {};

TEST_P(AnswersOfASnapshot, AreThoseOfTheMachine) {
  const std::string tree = GetParam().parent_path().filename();
  const Pair& pair = pair_of(tree);
  ASSERT_EQ(pair.ending.status, 0) << pair.ending.output;
  const std::string actual =
      shell::to_text(run_program(arguments_in(GetParam()), pair.snapshot.path()));
  EXPECT_EQ(actual, shell::read_file(fs::path(GetParam()).replace_extension(".expect")));
}

INSTANTIATE_TEST_SUITE_P(Trees, AnswersOfASnapshot,
                         testing::ValuesIn(files_below(fs::path(TREES_DIRECTORY) / "plans",
                                                       ".args")),
                         [](const auto& one) { return name_of(one.param); });

class Snapshot : public testing::TestWithParam<fs::path> {};

TEST_P(Snapshot, IsAskedAsTheMachineIs) {
  const std::string tree = GetParam().stem();
  const Pair& pair = pair_of(tree);
  ASSERT_EQ(pair.ending.status, 0) << pair.ending.output;
  for (const char* question : {"list", "list --json", "list --groups", "list --tree", "plan",
                               "plan --json 'pci,*:*:*.*=pci-stub'", "plan 'platform,*=x'", "check",
                               "convert", "status", "status --json", "modules"})
    EXPECT_EQ(shell::to_text(run_program(question, pair.snapshot.path())),
              shell::to_text(run_program(question, pair.machine.path())))
        << question;
}

TEST_P(Snapshot, IsASnapshotAgain) {
  const std::string tree = GetParam().stem();
  const Pair& pair = pair_of(tree);
  const EmptyFolder again;
  ASSERT_EQ(run_program("snapshot '" + again.path().string() + "'", pair.snapshot.path()).status,
            0);
  const shell::Ending difference =
      shell::run("diff -r --no-dereference '" + pair.snapshot.path().string() + "' '" +
                 again.path().string() + "' 2>&1");
  EXPECT_EQ(difference.output, "");
}

INSTANTIATE_TEST_SUITE_P(Trees, Snapshot, testing::ValuesIn(files_below(TREES_DIRECTORY, ".tree")),
                         [](const auto& one) { return name_of(one.param); });

/// A machine whose owner would not want all of it told.
constexpr const char* private_machine =
    "bus pci\n"
    "driver pci igb module=igb\n"
    "driver pci nvme module=nvme\n"
    "pci 0000:00:01.0 020000 8086:1521 driver=igb\n"
    "pci 0000:00:02.0 010802 144d:a80a driver=nvme attribute.serial=S4EWNX0M123456\n"
    "class net pci,0000:00:01.0/net/enxa0369f102030 address=a0:36:9f:10:20:30 ifindex=2\n"
    "class block pci,0000:00:02.0/nvme0n1 dev=259:0 serial=S4EWNX0M123456\n"
    "class block /sys/devices/virtual/block/dm-0 dev=253:0\n"
    "link block,dm-0/slaves/nvme0n1 block,nvme0n1\n"
    "file block,dm-0/dm/name luks-0b1f7d1e-3a52-4f0e-9c3c-54b6a1a0f6de\n"
    "file /dev/dm-0\n"
    "link /dev/mapper/luks-0b1f7d1e-3a52-4f0e-9c3c-54b6a1a0f6de /dev/dm-0\n"
    "link /proc/net /proc/self/net\n"
    "file /proc/sys/kernel/hostname bernadette.example.org\n"
    "file /proc/cmdline root=UUID=0b1f7d1e-3a52-4f0e-9c3c-54b6a1a0f6de rd.secret=hunter2 "
    "driver_override=pci,00:01.0=pci-stub -- word\n"
    "file /etc/udev/rules.d/70-net.rules ATTR{address}==\"a0:36:9f:10:20:30\", NAME=\"lan\"\n"
    "file /proc/self/mountinfo\n"
    "| 29 1 253:0 / / rw - ext4 /dev/mapper/luks-0b1f7d1e-3a52-4f0e-9c3c-54b6a1a0f6de rw\n"
    "| 30 29 0:50 / /net rw - cifs //nas/share rw,username=bernadette,password=hunter2\n"
    "| 31 29 259:0 / /srv/bernadette rw - ext4 /dev/nvme0n1 rw\n"
    "file /proc/self/net/route\n"
    "| Iface\tDestination\tGateway \tFlags\n"
    "| enxa0369f102030\t00000000\t0102A8C0\t0003\n";

TEST(PrivateWords, AreNotInASnapshot) {
  const Pair pair(private_machine);
  ASSERT_EQ(pair.ending.status, 0) << pair.ending.output;
  for (const char* word : {"0b1f7d1e", "a0369f102030", "a0:36:9f", "S4EWNX0M", "bernadette",
                           "hunter2", "0102A8C0", "username", "word"})
    EXPECT_EQ(shell::run("cd '" + pair.snapshot.path().string() + "' && { grep -rl '" + word +
                         "' . ; find . -name '*" + word + "*' -o -lname '*" + word + "*'; }")
                  .output,
              "")
        << word;
}

TEST(PrivateWords, AreReplacedByTheSameEverywhere) {
  const Pair pair(private_machine);
  const std::string plan =
      run_program("plan --only pci,00:01.0=pci-stub pci,00:02.0=pci-stub", pair.snapshot.path())
          .output;
  EXPECT_NE(plan.find("a network route through enx0200000000"), std::string::npos) << plan;
  EXPECT_NE(plan.find("the file system on /\n"), std::string::npos) << plan;
  EXPECT_NE(plan.find("the file system on /srv/host"), std::string::npos) << plan;
}

TEST(PrivateWords, LeaveEachByteOfTheCommandLineInItsPlace) {
  const Pair pair(private_machine);
  EXPECT_EQ(run_program("check", pair.snapshot.path()).output,
            run_program("check", pair.machine.path()).output);
  EXPECT_EQ(shell::read_file(pair.snapshot.path() / "proc/cmdline").size(),
            shell::read_file(pair.machine.path() / "proc/cmdline").size());
}

TEST(PrivateWords, LeaveTheKillSwitch) {
  for (const char* line : {"quiet.driver_override=off", "driver override=off",
                           "append=\"ro driver_override=off rw\""}) {
    const Pair pair("bus pci\npci 0000:00:01.0 020000 8086:1521\nfile /proc/cmdline " +
                    std::string(line) + " driver_override=pci,00:01.0=pci-stub\n");
    const std::string plan = run_program("plan", pair.snapshot.path()).output;
    EXPECT_NE(plan.find("switched off"), std::string::npos) << plan;
  }
}

TEST(PrivateWords, LeaveRulesThatStandOutsideTheirParameter) {
  const Pair pair(
      "bus pci\npci 0000:00:01.0 020000 8086:1521\n"
      "file /proc/cmdline pci=driver[00:*.*]=pci-stub driver override=pci,00:01.0=\n");
  const std::string check = run_program("check", pair.snapshot.path()).output;
  EXPECT_NE(check.find("a rule stands outside driver_override=: \"override=pci,00:01.0=\""),
            std::string::npos)
      << check;
}

TEST(SnapshotFolder, MustBeEmpty) {
  const PlantedRoot machine("bus pci\npci 0000:00:01.0 020000 8086:1521\n");
  const EmptyFolder folder;
  std::ofstream(folder.path() / "mine") << "kept";
  const shell::Ending ending =
      run_program("snapshot '" + folder.path().string() + "'", machine.path());
  EXPECT_EQ(ending.status, 1);
  EXPECT_NE(ending.output.find("Directory not empty"), std::string::npos) << ending.output;
  EXPECT_EQ(device_trees::names_in(folder.path()), device_trees::Names{"mine"});
}

TEST(SnapshotFolder, IsItsOwnersAlone) {
  const PlantedRoot machine("bus pci\npci 0000:00:01.0 020000 8086:1521\n");
  const EmptyFolder folder;
  ASSERT_EQ(
      run_program("snapshot '" + (folder.path() / "new").string() + "'", machine.path()).status, 0);
  EXPECT_EQ(fs::status(folder.path() / "new").permissions(), fs::perms::owner_all);
}

TEST(SnapshotFolder, TakesNothingFromBehindALinkOutOfTheRoot) {
  const EmptyFolder outside;
  std::ofstream(outside.path() / "secret.conf") << "pci,00:01.0=secret";
  const PlantedRoot machine("bus pci\npci 0000:00:01.0 020000 8086:1521\n");
  fs::create_directories(machine.path() / "etc");
  fs::create_symlink(outside.path(), machine.path() / "etc/driver-override.d");
  const EmptyFolder folder;
  ASSERT_EQ(run_program("snapshot '" + folder.path().string() + "'", machine.path()).status, 0);
  EXPECT_EQ(shell::run("grep -r secret '" + folder.path().string() + "'").output, "");
}

}  // namespace
