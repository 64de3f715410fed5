// SPDX-License-Identifier: LGPL-2.1-or-later
// What holds for every command: a root that does not exist, an output that is lost, and names that
// would drive a terminal.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>

#include "tests/shell.hpp"
#include "tests/trees/planted_root.hpp"

namespace {

namespace fs = std::filesystem;
using shell::read_file;
using Words = std::vector<std::string>;

/// How a run ended: "exit 1" or "signal 13", and what it wrote to standard error.
struct Ending {
  std::string how;
  std::string error;

  friend bool operator==(const Ending&, const Ending&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Ending& ending) {
    return out << ending.how << ": " << ending.error;
  }
};

/// Runs the program with a standard output that is given to it and closed here; -1: with none.
Ending run(Words words, int output) {
  const std::string errors = testing::TempDir() + "errors-" + std::to_string(::getpid());
  words.insert(words.begin(), DRIVER_OVERRIDE_PATH);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    (void)::dup2(::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    if (::dup2(output, STDOUT_FILENO) < 0) ::close(STDOUT_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(output);
  int status = 0;
  (void)::waitpid(child, &status, 0);
  Ending ending{WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                    : "exit " + std::to_string(WEXITSTATUS(status)),
                read_file(errors)};
  fs::remove(errors);
  return ending;
}

int full_device() {
  return ::open("/dev/full", O_WRONLY);
}

int null_device() {
  return ::open("/dev/null", O_WRONLY);
}

/// A pipe that nobody reads any more.
int broken_pipe() {
  std::array<int, 2> ends{};
  (void)!::pipe(ends.data());
  ::close(ends[0]);
  return ends[1];
}

const std::string rule = "pci,0000:0a:00=vfio-pci";

/// Each prints something on the desktop.
const std::vector<Words> printing = {
    {"check", rule},
    {"check", "--json"},
    {"plan", "platform,pcspkr=none"},
    {"plan", "--json"},
    {"status"},
    {"status", "--json"},
    {"list"},
    {"list", "--json"},
    {"suggest", "0a:00", "vfio-pci"},
    {"convert"},
    {"modules", "--cmdline", "driver_override=" + rule},
};

const std::vector<Words> changing = {
    {"apply"}, {"set", rule}, {"clear", "--all"}, {"save", rule}, {"forget", "--all"}};

class EveryCommand : public testing::Test {
 protected:
  [[nodiscard]] Words with_root(Words words) const {
    words.insert(words.begin() + 1, {"--root", root_.path().string()});
    return words;
  }

  device_trees::PlantedRoot root_{read_file(fs::path(TREES_DIRECTORY) / "desktop.tree")};
};

TEST_F(EveryCommand, NeedsARootThatExists) {
  std::vector<Words> all = printing;
  all.insert(all.end(), changing.begin(), changing.end());
  for (Words words : all) {
    const std::string command = words[0];
    words.insert(words.end(), {"--root", "/nonexistent"});
    EXPECT_EQ(run(words, null_device()),
              (Ending{"exit 2",
                      "driver-override: error: --root: no such directory \"/nonexistent\"\n"
                      "  hint: see \"driver-override --help\"\n"}))
        << command;
    words.back() = "/dev/null";
    EXPECT_EQ(run(words, null_device()),
              (Ending{"exit 2",
                      "driver-override: error: --root: \"/dev/null\": Not a directory\n"
                      "  hint: see \"driver-override --help\"\n"}))
        << command;
  }
}

/// Of a long output it is luck whether its end is what fails, and the kernel's word is known.
void expect_lost(const Words& words, int output, const std::string& reason) {
  const std::string message = "driver-override: error: standard output: ";
  const Ending ending = run(words, output);
  // After what else standard error says, such as suggest's note.
  const bool is_told = ending.error.ends_with(message + reason + "\n") ||
                       ending.error.ends_with(message + "not all of it could be written\n");
  EXPECT_TRUE(ending.how == "exit 1" && is_told) << words[0] << " ended with " << ending;
}

TEST_F(EveryCommand, FailsIfItsOutputIsLost) {
  std::vector<Words> all = {{"--help"}, {"--version"}, {"list", "--help"}};
  for (const Words& words : printing) all.push_back(with_root(words));
  for (const Words& words : all) {
    expect_lost(words, full_device(), "No space left on device");
    expect_lost(words, -1, "Bad file descriptor");
  }
}

TEST_F(EveryCommand, IsEndedByABrokenPipeIfItOnlyPrints) {
  const std::string ended = "signal " + std::to_string(SIGPIPE);
  for (const Words& words : printing)
    EXPECT_EQ(run(with_root(words), broken_pipe()), (Ending{ended, ""}))
        << words[0] << ' ' << words.back();
  for (const Words& words : {Words{"--help"}, Words{"--version"}, Words{"list", "--help"}})
    EXPECT_EQ(run(words, broken_pipe()), (Ending{ended, ""})) << words[0];
}

TEST_F(EveryCommand, ThatChangesSomethingGoesOn) {
  EXPECT_EQ(run(with_root({"save", rule}), broken_pipe()),
            (Ending{"exit 1", "driver-override: error: standard output: Broken pipe\n"}));
  EXPECT_NE(read_file(root_.path() / "etc/driver-override.d/90-saved.conf").find(rule),
            std::string::npos);
}

TEST_F(EveryCommand, ListTellsWhatItCannotRead) {
  const fs::path buses = root_.path() / "sys/bus";
  const Words list = with_root({"list"});
  fs::remove_all(buses / "platform/devices");
  EXPECT_EQ(run(list, null_device()), (Ending{"exit 0", ""})) << "a bus without devices";
  std::ofstream(buses / "platform/devices") << "no folder";
  EXPECT_EQ(
      run(list, null_device()),
      (Ending{"exit 1", "driver-override: error: /sys/bus/platform/devices: Not a directory\n"}));
  EXPECT_EQ(run(with_root({"list", "--json"}), null_device()).how, "exit 1");
  fs::remove_all(buses);
  EXPECT_EQ(run(list, null_device()),
            (Ending{"exit 0",
                    "driver-override: note: there is no /sys/bus\n  hint: is /sys mounted?\n"}));
  std::ofstream(buses) << "no folder";
  EXPECT_EQ(run(list, null_device()),
            (Ending{"exit 1", "driver-override: error: /sys/bus: Not a directory\n"}));
}

/// What a run prints on both outputs.
std::string output_of(const Words& words) {
  const std::string file = testing::TempDir() + "output-" + std::to_string(::getpid());
  const Ending ending = run(words, ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600));
  const std::string output = read_file(file) + ending.error;
  fs::remove(file);
  return output;
}

TEST_F(EveryCommand, ConvertAddsAClassOnlyToWhatHasNone) {
  const auto converted = [&](const std::string& entry) {
    const std::string output =
        output_of(with_root({"convert", "--cmdline", "vfio-pci.ids=" + entry}));
    return output.substr(0, output.find('\n'));  // what driverctl has saved follows
  };
  EXPECT_EQ(converted("ffffffff:ffffffff:ffffffff:ffffffff:030000:ff0000"),
            "driver_override=pci,pci:*:*=vfio-pci,class=03");
  EXPECT_EQ(converted("144d:a808"), "driver_override=pci,pci:144d:a808=vfio-pci,class=0108");
}

/// A machine in which every name and text holds an escape sequence and a line of its own.
class HostileNames : public EveryCommand {
 protected:
  static constexpr const char* hostile =
      "\x1b"
      "c\nroot:well";

  HostileNames() {
    const std::string end = hostile;
    device("pci", "0000:00:01.0" + end);
    device("platform", "a,b" + end);
    device("platform", "c" + end);
    put("etc/driverctl.d/pci-0000:00:01.0" + end, "x");
    put("etc/driverctl.d/platform-c" + end, "x" + end);
    put("etc/modprobe.d/a" + end + ".conf", "options vfio-pci ids=" + end);
  }
  void put(const std::string& path, const std::string& text) const {
    fs::create_directories((root_.path() / path).parent_path());
    std::ofstream(root_.path() / path, std::ios::binary) << text;
  }
  void device(const std::string& bus, const std::string& name) const {
    const std::string folder = "sys/bus/" + bus + "/devices/" + name + "/";
    put(folder + "driver_override", std::string("x") + hostile);
    put(folder + "vendor", "0x10de\n");
    put(folder + "device", "0x1e87\n");
    put(folder + "class", "0x020000\n");
    for (const char* name_of : {"driver", "iommu_group"})
      fs::create_symlink(std::string("/x") + hostile, root_.path() / (folder + name_of));
  }
};

TEST_F(HostileNames, AreShownAsText) {
  const std::string end = hostile;
  for (const Words& words :
       std::vector<Words>{{"list"},
                          {"list", "--json"},
                          {"plan", "pci,*:*:*.*=" + end, "platform,*=x,module=" + end},
                          {"plan", "platform,a,b" + end + "=x"},
                          {"plan", "--json", "platform,*=" + end},
                          {"suggest", "platform,*", "x" + end},
                          {"suggest", "pci,*:*:*.*", "x"},
                          {"suggest", "0000:00:01.0" + end, "x"},
                          {"status"},
                          {"convert"},
                          {"convert", "--cmdline", "vfio-pci.ids=" + end},
                          {"modules", "--cmdline", "driver_override=platform,c=\x1b;platform,d=x"},
                          {"check", "--cmdline-file", "/nonexistent" + end},
                          {"check", "--root", end},
                          {end}}) {
    const std::string output = output_of(words[0] == end ? words : with_root(words));
    EXPECT_EQ(output.find('\x1b'), std::string::npos) << words[0] << ": " << output;
    EXPECT_EQ(output.find("\nroot:"), std::string::npos) << words[0] << ": " << output;
    EXPECT_NE(output, "") << words[0];
  }
}

}  // namespace
