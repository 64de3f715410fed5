// SPDX-License-Identifier: LGPL-2.1-or-later
// That a page with a hole in it is told from a sound one: an example nobody checks proves nothing.
#include "tests/grammar/page.hpp"

#include <gtest/gtest.h>

namespace {

using grammar_page::Example;
using grammar_page::Kind;
using grammar_page::Page;
using grammar_page::read_page;
using Lines = std::vector<std::string>;

/// Of a page with one block.
Lines faults_of(const std::string& kind, const std::string& content) {
  return read_page("```" + kind + "\n" + content + "```\n").faults;
}

TEST(GrammarPage, HasTheExamplesOfItsBlocks) {
  const Page page = read_page(
      "# Title\nwords\n```conf\n# a comment\na\nb\n  -> x: y\n  -> error\nc\n  -> nothing\n```\n"
      "## Section\n```cmdline\nquiet\n  -> nothing\n```\n"
      "```console server\n$ first\nout\n\nput\n$ second\nmore\n```\n");
  EXPECT_EQ(page.faults, Lines());
  ASSERT_EQ(page.examples.size(), 5U);
  EXPECT_EQ(page.examples[0].kind, Kind::files);
  EXPECT_EQ(page.examples[0].line, 4U);
  EXPECT_EQ(page.examples[0].input, (Lines{"# a comment", "a", "b"}));
  EXPECT_EQ(page.examples[0].expected, (Lines{"  -> x: y", "  -> error"}));
  EXPECT_EQ(page.examples[1].input, Lines{"c"});
  EXPECT_EQ(page.examples[2].kind, Kind::command_line);
  EXPECT_EQ(page.examples[2].expected, Lines{"  -> nothing"});
  EXPECT_EQ(page.examples[3].input, Lines{"first"});
  EXPECT_EQ(page.examples[3].expected, (Lines{"out", "", "put"}));
  EXPECT_EQ(page.examples[2].machine, "");
  EXPECT_EQ(page.examples[3].machine, "server");
  EXPECT_EQ(page.examples[4].machine, "server");
  EXPECT_EQ(page.examples[4].line, 22U);
}

TEST(GrammarPage, RefusesAnExampleWithoutAnExpectation) {
  const Lines without = {"line 2: an example without an expectation"};
  EXPECT_EQ(faults_of("conf", "pci,0a:00.0=x\n"), without);
  EXPECT_EQ(faults_of("cmdline", "quiet\n"), without);
  EXPECT_EQ(faults_of("console", "$ driver-override check\n"), without);
  EXPECT_EQ(faults_of("conf", "a\n  -> nothing\nb\n"),
            Lines{"line 4: an example without an expectation"});
}

TEST(GrammarPage, RefusesAnExpectationWithoutAnExample) {
  const Lines without = {"line 2: an expectation without an example"};
  EXPECT_EQ(faults_of("conf", "  -> nothing\n"), without);
  EXPECT_EQ(faults_of("console", "printed\n"), without);
}

TEST(GrammarPage, RefusesABlockThatIsNotRead) {
  EXPECT_EQ(faults_of("", "a\n"), Lines{"line 1: a block of no known kind"});
  EXPECT_EQ(faults_of("sh", "a\n"), Lines{"line 1: a block of no known kind"});
  EXPECT_EQ(faults_of("conf", ""), Lines{"line 1: an empty block"});
  EXPECT_EQ(faults_of("console", ""), Lines{"line 1: an empty block"});
  EXPECT_EQ(faults_of("cmdline", "a\nb\n  -> nothing\n"),
            Lines{"line 2: more than one command line"});
  EXPECT_EQ(read_page("```conf\na\n  -> nothing\n").faults,
            Lines{"line 1: a block that is not closed"});
}

TEST(GrammarPage, WantsAnExampleInEverySection) {
  const std::string block = "```cmdline\nquiet\n  -> nothing\n```\n";
  EXPECT_EQ(read_page("# A\n## B\n" + block + "## C\nwords\n").faults,
            Lines{"line 7: a section without an example"});
  EXPECT_EQ(read_page("# A\n## B\n### C\n" + block).faults, Lines());
}

TEST(GrammarPage, MayBeReadForItsTranscriptsAlone) {
  const Page page = grammar_page::read_transcripts("# A\n```\nany\n```\n```console\n$ a\nb\n```\n");
  EXPECT_EQ(page.faults, Lines());
  ASSERT_EQ(page.examples.size(), 1U);
  EXPECT_EQ(page.examples[0].input, Lines{"a"});
  EXPECT_EQ(grammar_page::read_transcripts("```console\n$ a\n```\n").faults,
            Lines{"line 2: an example without an expectation"});
}

TEST(GrammarPage, WantsEveryNameOfTheGrammarDefined) {
  EXPECT_EQ(faults_of("ebnf", "rules = rule \";x\"\n      / [ rule ]\nrule  = \"a\"\n"), Lines());
  EXPECT_EQ(faults_of("ebnf", "rules = rule\n"), Lines{"line 2: \"rule\" is used and not defined"});
  EXPECT_EQ(faults_of("ebnf", "rules = \"a\"\nrule = \"b\"\n"),
            Lines{"line 3: \"rule\" is defined and not used"});
  EXPECT_EQ(faults_of("ebnf", "rules = <any of these>  ; words of prose\n"), Lines());
  EXPECT_EQ(faults_of("ebnf", "  \"a\"\n"), Lines{"line 1: a grammar without a definition"});
}

TEST(GrammarPage, IsWrittenAgainWithOtherExpectations) {
  const std::string text = "words\n```conf\na\n  -> x\n  -> y\nb\n  -> z\n```\n";
  EXPECT_EQ(with_expectations(text, read_page(text), {{"  -> 1"}, {"  -> 2", "  -> 3"}}),
            "words\n```conf\na\n  -> 1\nb\n  -> 2\n  -> 3\n```\n");
  EXPECT_EQ(with_expectations(text, read_page(text), {{"  -> x", "  -> y"}, {"  -> z"}}), text);
}

}  // namespace
