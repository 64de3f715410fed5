// SPDX-License-Identifier: LGPL-2.1-or-later
// Any bytes as a command line: it is split as the kernel splits it, by a second description of how
// the kernel does (lib/cmdline.c, next_arg; kernel/params.c, parse_args).
#include <optional>
#include <vector>

#include "parser/parameter.hpp"
#include "tests/fuzz/input.hpp"

namespace driver_override {
namespace {

struct Word {
  std::string name;
  std::optional<std::string> value;
};

bool is_space(char byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r') || byte == '\xA0';
}

/// A string of C ends at the first NUL.
void end_at(std::string& text, std::size_t at) {
  if (at < text.size()) text.resize(at);
}

/// A quote in front of a word or of a value opens a pair, whose end is the word's last byte.
Word take_apart(std::string word) {
  const bool opens = word[0] == '"';
  const bool closes = word.size() > (opens ? 1U : 0U) && word.back() == '"';
  if (opens) word.erase(0, 1);
  const std::size_t equals = word.find('=', 1);
  if (equals == std::string::npos || word.empty()) {
    if (opens && closes) word.pop_back();
    return {word, std::nullopt};
  }
  std::string value = word.substr(equals + 1);
  const bool value_opens = !value.empty() && value[0] == '"';
  if ((opens || value_opens) && closes && !value.empty()) value.pop_back();
  if (value_opens && !value.empty()) value.erase(0, 1);
  return {word.substr(0, equals), value};
}

std::vector<Word> split(std::string line) {
  end_at(line, line.find('\0'));
  std::vector<Word> words;
  for (std::size_t at = 0; at < line.size();) {
    if (is_space(line[at])) {
      ++at;
      continue;
    }
    bool in_quotes = false;
    const std::size_t begin = at;
    for (; at < line.size() && (in_quotes || !is_space(line[at])); ++at)
      if (line[at] == '"') in_quotes = !in_quotes;
    Word word = take_apart(line.substr(begin, at - begin));
    if (!word.value && word.name == "--") break;
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace
}  // namespace driver_override

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driver_override;
  const std::string line = Input(data, size).rest();
  const std::vector<Word> expected = split(line);
  const std::vector<Parameter> found = split_into_parameters(line);
  require(found.size() == expected.size(), "there are as many words as for the kernel", line);
  for (std::size_t i = 0; i < found.size(); ++i) {
    require(found[i].name == expected[i].name, "a word has the kernel's name", found[i].name);
    require(found[i].value == expected[i].value, "a word has the kernel's value", found[i].name);
  }
  return 0;
}
