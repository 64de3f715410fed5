// SPDX-License-Identifier: LGPL-2.1-or-later
// docs/grammar.md as its tests read it: the examples in it, and what makes it no page to be tested.
// Pure. A new kind of block is listed here and read in page.cpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Every fenced block of the page has one of these words behind its fence:
//
//   conf      lines of files of rules, then the answer. `==> /PATH <==` names the file that the
//             lines behind it are in; without it they are in a file of /etc/driver-override.d.
//   cmdline   one kernel command line, then the answer
//   console   a command behind `$ `, then what it prints, to its last line; a second word behind
//             the fence names the machine that it is run on
//   ebnf      `NAME = …` lines: each name that is used is defined, and the other way round;
//             "text", <prose> and what is behind `;` hold no names
//
// A block of the first three kinds may hold several examples. An answer is one or more lines that
// begin with `  -> `. Every section has an example, or sections below it that have.
namespace grammar_page {

enum class Kind { files, command_line, console };

struct Example {
  Kind kind = Kind::files;
  std::size_t line = 0;  ///< the number of its first line in the page, from 1
  std::vector<std::string> input{};
  std::vector<std::string> expected{};
  std::string machine{};  ///< that the block names; empty if it names none
};

struct Page {
  std::vector<Example> examples{};
  std::vector<std::string> faults{};  ///< "line N: …"; a page with any is no good
};

/// Reads a page. An example with a fault is reported, and not among the examples.
Page read_page(std::string_view text);

/// Reads only the blocks of the kind `console`, for a page whose other blocks show something else.
Page read_transcripts(std::string_view text);

/// The page with other expectations: `actual` has one for each of its examples, in order.
std::string with_expectations(std::string_view text, const Page& page,
                              const std::vector<std::vector<std::string>>& actual);

}  // namespace grammar_page
