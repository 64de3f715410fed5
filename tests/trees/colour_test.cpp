// SPDX-License-Identifier: LGPL-2.1-or-later
// Colours: on a terminal alone, and not if NO_COLOR is set. Text is wrapped at the terminal's width
// and loses no word.
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "tests/trees/machine.hpp"

namespace {

using Words = std::vector<std::string>;

/// Both outputs of a run on a terminal of that width.
std::string on_terminal(Words words, unsigned short columns, bool is_plain) {
  words.insert(words.begin(), DRIVER_OVERRIDE_PATH);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  winsize size{24, columns, 0, 0};
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) {
    if (is_plain)
      ::setenv("NO_COLOR", "1", 1);
    else
      ::unsetenv("NO_COLOR");
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  std::string output;
  std::array<char, 4096> buffer{};
  // The kernel answers EIO when nobody has the other side open any more.
  for (ssize_t got = 0; (got = ::read(terminal, buffer.data(), buffer.size())) > 0;)
    output.append(buffer.data(), static_cast<std::size_t>(got));
  ::close(terminal);
  int status = 0;
  (void)::waitpid(child, &status, 0);
  output.erase(std::remove(output.begin(), output.end(), '\r'), output.end());
  return output;
}

/// The text without its colours.
std::string plain(const std::string& text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\033')
      at = text.find('m', at);
    else
      result += text[at];
  }
  return result;
}

class Colours : public testing::Test {
 protected:
  [[nodiscard]] Words plan() const {
    return {"plan",
            "--root",
            machine_.path().string(),
            "--only",
            "pci,0a:00.0=vfio-pci",
            "pci,09:00.1=nosuch",
            "pci,01:00.0=vfio-pci,id=1:2",
            "pci,0a:00.1=,stiky"};
  }

  device_trees::Machine machine_{shell::read_file(std::string(TREES_DIRECTORY) + "/desktop.tree")};
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Colours, AreThoseOfWhatIsSaid) {
  const std::string text = on_terminal(plan(), 200, false);
  EXPECT_TRUE(has(text, "driver-override: \033[31merror\033[0m: unknown option \"stiky\"")) << text;
  EXPECT_TRUE(has(text, "driver-override: \033[33mwarning\033[0m: IOMMU group")) << text;
  EXPECT_TRUE(has(text, "  \033[32mset\033[0m   pci 0000:0a:00.0")) << text;
  EXPECT_TRUE(has(text, "  \033[31mskip\033[0m  pci 0000:01:00.0")) << "refused: " << text;
  EXPECT_TRUE(has(text, "\033[31mnot ready\033[0m")) << text;
}

TEST_F(Colours, AreNotThereIfNobodyWantsThem) {
  const std::string text = on_terminal(plan(), 200, true);
  EXPECT_FALSE(has(text, "\033")) << text;
  EXPECT_EQ(text, plain(on_terminal(plan(), 200, false)));
}

TEST_F(Colours, TakeNoRoomInALine) {
  const std::string narrow = plain(on_terminal(plan(), 60, false));
  EXPECT_EQ(device_trees::words_of(narrow),
            device_trees::words_of(plain(on_terminal(plan(), 200, false))));
  std::istringstream lines(narrow);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);)
    if (!has(line, "pci,")) longest = std::max(longest, line.size());
  EXPECT_LE(longest, 60U) << narrow;
  EXPECT_GT(longest, 40U) << narrow;
}

}  // namespace
