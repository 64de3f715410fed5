// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs every example of docs/grammar.md on the machine of machine.tree, and every `console` block
// of README.md and of the other pages in docs/ on a machine of tests/trees: the one that the block
// names, or the desktop. What a command of a page writes is there for the next one. With
// UPDATE_GOLDEN=1 in the environment the expectations of all pages are written anew; read the
// difference before it is committed.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "tests/golden_file.hpp"
#include "tests/grammar/page.hpp"
#include "tests/shell.hpp"
#include "tests/trees/planted_root.hpp"
#include "tool/view/forecast.hpp"

namespace {

namespace fs = std::filesystem;
using driver_override::Configuration;
using driver_override::PlannedStep;
using driver_override::PlanRow;
using driver_override::Request;
using driver_override::Root;
using grammar_page::Example;
using grammar_page::Kind;
using grammar_page::Page;
using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  std::istringstream stream(text);
  Lines lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string joined(const Lines& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// A short list is shown in order, of a longer one its length.
std::string shown(Lines devices) {
  std::sort(devices.begin(), devices.end());
  constexpr std::size_t many = 6;
  return devices.size() > many ? std::to_string(devices.size()) + " devices" : joined(devices);
}

/// What a boot of the machine would do, as the page has it: "DRIVER: DEVICES" for each driver,
/// "left alone: DEVICES", and whether something is in error.
Lines planned(const fs::path& machine, const Request& request) {
  const Root root(machine.string());
  const Configuration configuration = read_configuration(root, request);
  Lines answer;
  if (has_configuration_errors(configuration)) answer.push_back("  -> error");
  if (!configuration.enabled) {
    answer.push_back("  -> switched off");
    return answer;
  }
  std::map<std::string, Lines> taken;
  Lines left_alone;
  for (const PlanRow& row : make_forecast(root, configuration).rows)
    (row.step == PlannedStep::skip ? left_alone : taken[row.driver]).push_back(row.device.id.name);
  for (const auto& [driver, devices] : taken)
    answer.push_back("  -> " + driver + ": " + shown(devices));
  if (!left_alone.empty()) answer.push_back("  -> left alone: " + shown(left_alone));
  if (answer.empty()) answer.push_back("  -> nothing");
  return answer;
}

/// Writes the files that an example consists of below a root.
void write_files(const fs::path& root, const Lines& input) {
  constexpr std::string_view begin = "==> /";
  constexpr std::string_view end = " <==";
  std::map<fs::path, std::string> contents;
  fs::path path = root / "etc/driver-override.d/50-example.conf";
  for (const std::string& line : input) {
    if (line.rfind(begin, 0) == 0 && line.size() > begin.size() + end.size()) {
      path = root / line.substr(begin.size(), line.size() - begin.size() - end.size());
      contents[path];
    } else {
      contents[path] += line + "\n";
    }
  }
  for (const auto& [name, content] : contents) {
    fs::create_directories(name.parent_path());
    std::ofstream(name, std::ios::binary) << content;
  }
}

/// What a command prints, with "exit status N" as the last line if that is not 0.
Lines printed(const fs::path& root, const std::string& command) {
  constexpr std::string_view name = "driver-override ";
  if (command.rfind(name, 0) != 0) return {"it is no command of driver-override"};
  const shell::Ending ending =
      shell::run(std::string(DRIVER_OVERRIDE_PATH) + " " + command.substr(name.size()) +
                 " --root " + root.string() + " 2>&1");
  Lines lines = lines_of(ending.output);
  if (ending.status != 0) lines.push_back("exit status " + std::to_string(ending.status));
  return lines;
}

/// What the example gives, in the words of the page.
Lines answer(const Example& example, const fs::path& machine) {
  switch (example.kind) {
    case Kind::files: {
      write_files(machine, example.input);
      const Lines lines = planned(machine, {});
      for (const char* folder : {"etc", "run", "usr"}) fs::remove_all(machine / folder);
      write_files(machine, {"==> /proc/cmdline <==", "quiet"});
      return lines;
    }
    case Kind::command_line:
      return planned(machine, {example.input[0], {}, false});
    case Kind::console:
      break;
  }
  return printed(machine, example.input[0]);
}

/// The machines of one page, planted when an example needs them.
class Machines {
 public:
  explicit Machines(std::string usual) : usual_(std::move(usual)) {}

  const fs::path& path(const std::string& name) {
    const std::string file = name.empty() ? usual_ : TREES_DIRECTORY "/" + name + ".tree";
    auto& machine = machines_[file];
    if (!machine) machine = std::make_unique<device_trees::PlantedRoot>(shell::read_file(file));
    return machine->path();
  }

 private:
  std::string usual_;
  std::map<std::string, std::unique_ptr<device_trees::PlantedRoot>> machines_;
};

/// Runs every example of a page on the machines that it names, or on the usual one.
void expect_true(const std::string& file, const Page& page, const std::string& usual) {
  EXPECT_EQ(page.faults, Lines());
  ASSERT_FALSE(page.examples.empty());
  Machines machines(usual);
  std::vector<Lines> answers;
  for (const Example& example : page.examples) {
    answers.push_back(answer(example, machines.path(example.machine)));
    EXPECT_EQ(answers.back(), example.expected)
        << file << ":" << example.line << ": " << joined(example.input);
  }
  if (golden::is_update())
    golden::write_file(file, with_expectations(shell::read_file(file), page, answers));
}

TEST(Grammar, EveryExampleIsTrue) {
  expect_true(GRAMMAR_PAGE, grammar_page::read_page(shell::read_file(GRAMMAR_PAGE)), MACHINE_TREE);
}

/// The pages whose `console` blocks are run, beside grammar.md.
std::vector<std::string> pages() {
  std::vector<std::string> files = {README};
  for (const auto& entry : fs::directory_iterator(fs::path(GRAMMAR_PAGE).parent_path()))
    if (shell::read_file(entry.path()).find("```console") != std::string::npos &&
        entry.path() != GRAMMAR_PAGE)
      files.push_back(entry.path());
  return files;
}

TEST(Pages, EveryTranscriptIsTrue) {
  ASSERT_GT(pages().size(), 1U);
  for (const std::string& file : pages())
    expect_true(file, grammar_page::read_transcripts(shell::read_file(file)),
                TREES_DIRECTORY "/desktop.tree");
}

}  // namespace
