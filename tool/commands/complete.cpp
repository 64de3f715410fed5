// SPDX-License-Identifier: LGPL-2.1-or-later
// Candidates for the shells' completions. Which command takes which words is decided here, what
// there is on this machine in tool/advice/completion.
#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "parser/printable.hpp"
#include "tool/commands/commands.hpp"

namespace driver_override {
namespace {

using Words = std::vector<std::string>;

struct Taking {
  std::string_view command;
  WordKind kind;
};

constexpr std::array<Taking, 8> takings = {{{"check", WordKind::rule},
                                            {"clear", WordKind::device},
                                            {"forget", WordKind::device},
                                            {"list", WordKind::device_or_bus},
                                            {"plan", WordKind::rule},
                                            {"save", WordKind::rule},
                                            {"set", WordKind::rule},
                                            {"suggest", WordKind::device_or_driver}}};

bool completion_takes_value(const CompleteOptions& options, const std::string& word) {
  return std::find(options.valued.begin(), options.valued.end(), word) != options.valued.end();
}

/// The last `--root DIR` before the word that is typed.
std::string complete_root(const Words& words) {
  std::string root = "/";
  for (std::size_t at = 1; at + 2 < words.size(); ++at)
    if (words[at] == "--root") root = words[at + 1];
  return root;
}

/// What stands between the command and the word that is typed, without options and their values.
Words complete_operands(const CompleteOptions& options) {
  const Words& words = options.words;
  Words operands;
  for (std::size_t at = 1; at + 1 < words.size(); ++at) {
    if (completion_takes_value(options, words[at]))
      ++at;
    else if (words[at].compare(0, 1, "-") != 0)
      operands.push_back(words[at]);
  }
  return operands;
}

std::vector<Candidate> complete_beginning(const std::string& typed,
                                          const std::vector<Candidate>& candidates) {
  std::vector<Candidate> found;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(found),
               [&](const Candidate& one) { return one.word.starts_with(typed); });
  return found;
}

std::optional<WordKind> complete_kind(const CompleteOptions& options) {
  const Words& words = options.words;
  const std::string& before = words[words.size() - 2];
  if (before == "--device") return WordKind::device;
  if (completion_takes_value(options, before)) return std::nullopt;
  const auto* const taking = std::find_if(takings.begin(), takings.end(), [&](const Taking& one) {
    return one.command == words.front();
  });
  return taking == takings.end() ? std::nullopt : std::optional(taking->kind);
}

std::vector<Candidate> complete_candidates(const CompleteOptions& options) {
  const Words& words = options.words;
  if (words.empty()) return {};
  const std::string& typed = words.back();
  if (words.size() == 1 || (words.size() == 2 && words.front() == "help"))
    return complete_beginning(typed, options.commands);
  const std::optional<WordKind> kind = complete_kind(options);
  if (typed.compare(0, 1, "-") == 0) return complete_beginning(typed, options.options);
  if (!kind) return {};
  return complete_word(Root(complete_root(words)), *kind, complete_operands(options), typed);
}

}  // namespace

Exit complete(const CompleteOptions& options) {
  for (const Candidate& one : complete_candidates(options)) {
    // A shell takes a line for a word.
    if (printable(one.word) != one.word) continue;
    std::printf("%s%s%s\n", one.word.c_str(), one.note.empty() ? "" : "\t",
                printable(one.note).c_str());
  }
  return Exit::done;
}

}  // namespace driver_override
