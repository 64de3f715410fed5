// SPDX-License-Identifier: LGPL-2.1-or-later
// driver-override-json(5) against what the program prints: the golden files of tests/trees with
// --json. Each field that is printed is in the page, and each field of the page is printed.
#include "tests/json-page/page.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/shell.hpp"

namespace {

namespace fs = std::filesystem;
using json_page::Contract;
using json_page::read_page;
using Json = nlohmann::json;
using Lines = std::vector<std::string>;

constexpr const char* small_page =
    ".SH WORDS\n.TP\n.B no field\n.SH OBJECTS\n.SS thing\n"
    ".TP\n.BR name \" (string)\"\ntext\n"
    ".TP\n.BR size \" (number or null)\"\n"
    ".TP\n.BR kind \" (one of: big, small)\"\n"
    ".TP\n.BR parts \" (array of part)\"\n"
    ".SS part\n.TP\n.BR new \" (boolean, optional)\"\n"
    ".SH END\n.TP\nno field\n";

TEST(JsonPage, IsRead) {
  const json_page::Page page = read_page(small_page);
  EXPECT_EQ(page.faults, Lines());
  ASSERT_EQ(page.objects.size(), 2U);
  EXPECT_EQ(page.objects.at("thing").size(), 4U);
  EXPECT_EQ(page.objects.at("thing").at("size").type, "number or null");
  EXPECT_TRUE(page.objects.at("part").at("new").is_optional);
}

TEST(JsonPage, FaultsOfThePageAreFound) {
  EXPECT_EQ(read_page(".SH OBJECTS\n.SS a\n.TP\n.B b\n").faults,
            Lines{"line 4: no field of an object"});
  EXPECT_EQ(read_page(".SH OBJECTS\n.TP\n.BR b \" (string)\"\n").faults,
            Lines{"line 3: no field of an object"});
  EXPECT_EQ(read_page(".SH OBJECTS\n.SS a\n.TP\n.BR b \" (array of text)\"\n").faults,
            Lines{"a.b: unknown type \"array of text\""});
}

TEST(JsonPage, FaultsOfWhatIsPrintedAreFound) {
  Contract contract(read_page(small_page));
  const auto faults_of = [&](const char* text) {
    return contract.faults_of(Json::parse(text), "thing");
  };
  const std::string sound = R"("name": "a", "kind": "big", "parts": [{}, {"new": true}])";
  EXPECT_EQ(faults_of(("{" + sound + R"(, "size": 1})").c_str()), Lines());
  EXPECT_EQ(faults_of(("{" + sound + R"(, "size": null})").c_str()), Lines());
  EXPECT_EQ(faults_of(("{" + sound + "}").c_str()), Lines{"thing.size: missing"});
  EXPECT_EQ(faults_of(("{" + sound + R"(, "size": 1, "age": 2})").c_str()),
            Lines{"thing.age: not in the page"});
  EXPECT_EQ(faults_of(("{" + sound + R"(, "size": "1"})").c_str()),
            Lines{"thing.size: \"1\" is no number"});
  EXPECT_EQ(faults_of(R"({"name": null, "size": 1, "kind": "huge", "parts": [{"old": 1}, 2]})"),
            (Lines{"thing.kind: \"huge\" is no one of: big, small", "thing.name: null is no string",
                   "thing.parts[0].old: not in the page", "thing.parts[1]: no object"}));
}

TEST(JsonPage, WhatIsNeverPrintedIsFound) {
  Contract contract(read_page(small_page));
  EXPECT_EQ(contract.unseen(),
            (Lines{"part.new", "thing.kind", "thing.name", "thing.parts", "thing.size"}));
  (void)contract.faults_of(Json::parse(R"({"name": "a", "size": null, "kind": "big"})"), "thing");
  EXPECT_EQ(contract.unseen(), (Lines{"part.new", "thing.parts", "thing.size: always null"}));
  (void)contract.faults_of(Json::parse(R"({"size": 1, "parts": [{"new": true}]})"), "thing");
  EXPECT_EQ(contract.unseen(), Lines());
}

/// The first word of a case's arguments, if --json is among them.
std::string json_command(const fs::path& arguments) {
  std::istringstream words(shell::read_file(arguments));
  std::string command;
  std::getline(words, command);
  for (std::string word; std::getline(words, word);)
    if (word == "--json") return command;
  return {};
}

TEST(JsonPage, SaysWhatTheProgramPrints) {
  json_page::Page page = read_page(shell::read_file(JSON_PAGE));
  EXPECT_EQ(page.faults, Lines());
  for (const char* command : {"check", "plan", "status", "list"})
    EXPECT_EQ(page.objects.count(command), 1U) << command;
  Contract contract(std::move(page));
  for (const auto& entry : fs::recursive_directory_iterator(PLANS_DIRECTORY)) {
    if (entry.path().extension() != ".args") continue;
    const std::string command = json_command(entry.path());
    if (command.empty()) continue;
    const std::string printed =
        shell::read_file(fs::path(entry.path()).replace_extension(".expect"));
    const Json value = Json::parse(printed.substr(std::min(printed.find('{'), printed.size())));
    EXPECT_EQ(contract.faults_of(value, command), Lines()) << entry.path();
  }
  EXPECT_EQ(contract.unseen(), Lines());
}

}  // namespace
