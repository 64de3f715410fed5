// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/grammar/page.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace grammar_page {
namespace {

constexpr std::string_view fence = "```";
constexpr std::string_view answer_mark = "  -> ";
constexpr std::string_view prompt = "$ ";

using Lines = std::vector<std::string>;

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// The names in a line of the grammar: not what is in quotes, in <prose> or behind `;`.
Lines names_in(std::string_view line) {
  Lines names;
  std::string name;
  char closing = 0;  // of what is being passed over
  for (const char byte : std::string(line) + " ") {
    if (closing == 0 && byte == ';') break;
    const bool is_inside = closing != 0;
    if (byte == closing)
      closing = 0;
    else if (!is_inside && (byte == '"' || byte == '<'))
      closing = byte == '"' ? '"' : '>';
    const bool is_part =
        !is_inside && ((byte >= 'a' && byte <= 'z') || (byte == '-' && !name.empty()));
    if (is_part)
      name += byte;
    else if (!name.empty())
      names.push_back(std::exchange(name, {}));
  }
  if (!name.empty()) names.push_back(name);
  return names;
}

class Reader {
 public:
  Reader(std::string_view text, bool all) : lines_(lines_of(text)), reads_all_(all) {}

  Page read() {
    for (at_ = 0; at_ < lines_.size(); ++at_) {
      if (starts_with(lines_[at_], fence))
        read_block(lines_[at_].substr(fence.size()));
      else if (starts_with(lines_[at_], "#"))
        open_section();
    }
    close_sections(0);
    return std::move(page_);
  }

 private:
  struct Section {
    std::size_t line;
    std::size_t depth;
    bool has_example;
  };

  void fault(std::size_t at, const std::string& what) {
    page_.faults.push_back("line " + std::to_string(at + 1) + ": " + what);
  }

  void open_section() {
    const std::size_t depth = lines_[at_].find_first_not_of('#');
    close_sections(depth);
    sections_.push_back({at_, depth, false});
  }

  /// What is below a section counts for it too.
  void close_sections(std::size_t depth) {
    while (!sections_.empty() && sections_.back().depth >= depth) {
      const Section section = sections_.back();
      sections_.pop_back();
      if (reads_all_ && !section.has_example) fault(section.line, "a section without an example");
      if (!sections_.empty()) sections_.back().has_example |= section.has_example;
    }
  }

  void read_block(const std::string& words) {
    const std::size_t blank = words.find(' ');
    const std::string kind = words.substr(0, blank);
    machine_ = blank == std::string::npos ? "" : words.substr(blank + 1);
    const std::size_t begin = at_;
    std::size_t end = begin + 1;
    while (end < lines_.size() && lines_[end] != fence) ++end;
    at_ = end;
    if (!sections_.empty()) sections_.back().has_example = true;
    if (end == lines_.size()) return fault(begin, "a block that is not closed");
    if (!reads_all_ && kind != "console") return;
    if (kind == "conf")
      read_answers(begin + 1, end, Kind::files);
    else if (kind == "cmdline")
      read_answers(begin + 1, end, Kind::command_line);
    else if (kind == "console")
      read_console(begin + 1, end);
    else if (kind == "ebnf")
      check_names(begin + 1, end);
    else
      fault(begin, "a block of no known kind");
  }

  void take(Example example) {
    const std::size_t at = example.line - 1;
    if (example.input.empty()) return fault(at, "an expectation without an example");
    if (example.expected.empty()) return fault(at, "an example without an expectation");
    if (example.kind == Kind::command_line && example.input.size() > 1)
      return fault(at, "more than one command line");
    page_.examples.push_back(std::move(example));
  }

  void read_answers(std::size_t begin, std::size_t end, Kind kind) {
    if (begin == end) return fault(begin - 1, "an empty block");
    for (std::size_t at = begin; at < end;) {
      Example example{kind, at + 1};
      while (at < end && !starts_with(lines_[at], answer_mark))
        example.input.push_back(lines_[at++]);
      while (at < end && starts_with(lines_[at], answer_mark))
        example.expected.push_back(lines_[at++]);
      take(std::move(example));
    }
  }

  void read_console(std::size_t begin, std::size_t end) {
    if (begin == end) return fault(begin - 1, "an empty block");
    for (std::size_t at = begin; at < end;) {
      Example example{Kind::console, at + 1};
      if (starts_with(lines_[at], prompt))
        example.input.push_back(lines_[at++].substr(prompt.size()));
      while (at < end && !starts_with(lines_[at], prompt)) example.expected.push_back(lines_[at++]);
      example.machine = machine_;
      take(std::move(example));
    }
  }

  /// The first definition is what all the others are for.
  void check_names(std::size_t begin, std::size_t end) {
    std::map<std::string, std::size_t> defined;
    std::map<std::string, std::size_t> used;
    for (std::size_t at = begin; at < end; ++at) {
      Lines names = names_in(lines_[at]);
      const bool defines = !lines_[at].empty() && lines_[at][0] != ' ' && !names.empty();
      if (defines) {
        if (defined.empty()) used[names.front()] = at;
        defined[names.front()] = at;
        names.erase(names.begin());
      }
      for (const std::string& name : names) used.emplace(name, at);
    }
    if (defined.empty()) fault(begin - 1, "a grammar without a definition");
    for (const auto& [name, at] : used)
      if (defined.count(name) == 0) fault(at, "\"" + name + "\" is used and not defined");
    for (const auto& [name, at] : defined)
      if (used.count(name) == 0) fault(at, "\"" + name + "\" is defined and not used");
  }

  Lines lines_;
  bool reads_all_;
  std::size_t at_ = 0;
  std::string machine_;  // of the block that is being read
  std::vector<Section> sections_;
  Page page_;
};

}  // namespace

Page read_page(std::string_view text) {
  return Reader(text, true).read();
}

Page read_transcripts(std::string_view text) {
  return Reader(text, false).read();
}

std::string with_expectations(std::string_view text, const Page& page,
                              const std::vector<std::vector<std::string>>& actual) {
  Lines lines = lines_of(text);
  // From the last to the first, so that the numbers before stay right.
  for (std::size_t i = page.examples.size(); i-- > 0;) {
    const Example& example = page.examples[i];
    const auto begin =
        lines.begin() + static_cast<std::ptrdiff_t>(example.line - 1 + example.input.size());
    const auto end = begin + static_cast<std::ptrdiff_t>(example.expected.size());
    lines.insert(lines.erase(begin, end), actual[i].begin(), actual[i].end());
  }
  std::string joined;
  for (const std::string& line : lines) joined += line + "\n";
  return joined;
}

}  // namespace grammar_page
