// SPDX-License-Identifier: LGPL-2.1-or-later
// What holds for every command: a root that does not exist.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/trees/planted_root.hpp"

namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// How a run ended: "exit 1" or "signal 13", and what it wrote to standard error.
struct Ending {
  std::string how;
  std::string error;

  friend bool operator==(const Ending&, const Ending&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Ending& ending) {
    return out << ending.how << ": " << ending.error;
  }
};

/// Runs the program with a standard output that is given to it and closed here.
Ending run(Words words, int output) {
  const std::string errors = testing::TempDir() + "errors-" + std::to_string(::getpid());
  words.insert(words.begin(), DRIVER_OVERRIDE_PATH);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    (void)::dup2(output, STDOUT_FILENO);
    (void)::dup2(::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
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

int null_device() {
  return ::open("/dev/null", O_WRONLY);
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

}  // namespace
