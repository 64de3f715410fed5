// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/option_table.hpp"

#include <getopt.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

#include "parser/printable.hpp"
#include "tool/advice/command_names.hpp"
#include "tool/view/terminal.hpp"

namespace driver_override {
namespace {

constexpr int end_of_words = -1;
constexpr int a_word = 1;        ///< getopt(3): with "-" in front, words come in their order
constexpr int first_code = 256;  ///< of our options: above all characters
constexpr const char* short_options = "-:h";
constexpr std::size_t help_column = 24;

std::string option_with_dashes(const std::string& name) {
  return "--" + name;
}

/// The word that getopt has just read an option from.
std::string_view option_word(char** argv) {
  const bool is_apart = optarg != nullptr && optarg == argv[optind - 1];
  const std::string_view word = argv[is_apart ? optind - 2 : optind - 1];
  return word.substr(0, word.find('='));
}

void print_option_entry(const Terminal& terminal, const std::string& name, const char* help) {
  std::string line = "  " + name;
  if (line.size() + 2 > help_column) {
    std::puts(line.c_str());
    line.clear();
  }
  line.resize(help_column, ' ');
  std::printf("%s%s\n", line.c_str(), terminal.wrap(help, help_column, help_column).c_str());
}

}  // namespace

void OptionTable::add_flag(const char* name, bool& value, const char* help) {
  const auto take = [&value](const std::string&) {
    value = true;
    return std::string();
  };
  options_.push_back({name, nullptr, help, take, Count::often});
}

void OptionTable::add_value(const char* name, const char* placeholder, Take take, const char* help,
                            Count count) {
  options_.push_back({name, placeholder, help, std::move(take), count});
}

void OptionTable::add_words(const char* placeholder, std::vector<std::string>& words,
                            const char* help, std::size_t least) {
  words_ = {placeholder, help, &words, least};
}

void OptionTable::exclude(const char* one, const char* other) {
  exclusions_.emplace_back(one, other);
}

void OptionTable::add_check(Check check) {
  checks_.push_back(std::move(check));
}

OptionTable::Outcome OptionTable::unknown_option(const std::string& word) const {
  std::vector<std::string> names = {"help"};
  for (const Option& option : options_) names.emplace_back(option.name);
  return {false, "unknown option " + in_quotes(word), option_hint({word}, names)};
}

std::string OptionTable::take_word(const char* word) {
  if (words_.taken == nullptr) return "unexpected word " + in_quotes(word);
  words_.taken->emplace_back(word);
  return {};
}

std::string OptionTable::take_option(Option& option, const char* value) {
  if (option.is_given && option.count == Count::once)
    return option_with_dashes(option.name) + " is given more than once";
  option.is_given = true;
  return option.take(value == nullptr ? std::string() : std::string(value));
}

OptionTable::Outcome OptionTable::take_next(int code, char** argv) {
  if (code == a_word) return {false, take_word(optarg), {}};
  if (code == 'h') return {true, {}, {}};
  const int known = code == '?' || code == ':' ? optopt : code;
  if (known < first_code)
    return unknown_option(known == 0 ? std::string(argv[optind - 1])
                                     : std::string("-") + static_cast<char>(known));
  Option& option = options_.at(static_cast<std::size_t>(known - first_code));
  const std::string name = option_with_dashes(option.name);
  if (code == ':') return {false, name + " needs " + option.placeholder, {}};
  if (code == '?') return {false, name + " takes no value", {}};
  if (option_word(argv) != name) return unknown_option(std::string(option_word(argv)));
  return {false, take_option(option, optarg), {}};
}

bool OptionTable::is_given(const std::string& name) const {
  if (words_.taken != nullptr && name == words_.placeholder) return !words_.taken->empty();
  for (const Option& option : options_)
    if (name == option.name) return option.is_given;
  return false;
}

std::string OptionTable::fault_of_whole() const {
  const auto shown = [&](const char* name) {
    const bool is_words = words_.placeholder == std::string_view(name);
    return is_words ? std::string(name) : option_with_dashes(name);
  };
  for (const auto& [one, other] : exclusions_)
    if (is_given(one) && is_given(other))
      return shown(one) + " and " + shown(other) + " exclude each other";
  if (words_.taken != nullptr && words_.taken->size() < words_.least)
    return std::string("expected ") + words_.placeholder;
  for (const Check& check : checks_)
    if (std::string fault = check(); !fault.empty()) return fault;
  return {};
}

OptionTable::Outcome OptionTable::read(int argc, char** argv) {
  std::vector<option> known;
  int code = first_code;
  for (const Option& each : options_) {
    const int has_value = each.placeholder == nullptr ? no_argument : required_argument;
    known.push_back({each.name, has_value, nullptr, code++});
  }
  known.push_back({"help", no_argument, nullptr, 'h'});
  known.push_back({});
  // 0 in place of 1: glibc then forgets what it has read before.
  optind = 0;
  while ((code = getopt_long(argc, argv, short_options, known.data(), nullptr)) != end_of_words)
    if (Outcome outcome = take_next(code, argv); outcome.wants_help || !outcome.fault.empty())
      return outcome;
  for (; optind < argc; ++optind)
    if (const std::string fault = take_word(argv[optind]); !fault.empty())
      return {false, fault, {}};
  return {false, fault_of_whole(), {}};
}

std::vector<OptionTable::Entry> OptionTable::options() const {
  std::vector<Entry> all;
  for (const Option& option : options_)
    all.push_back({option_with_dashes(option.name), option.help, option.placeholder != nullptr});
  all.push_back({"--help", "print this help", false});
  return all;
}

void OptionTable::print_help(const std::string& command, const char* summary) const {
  const Terminal terminal(STDOUT_FILENO);
  const std::string title = "driver-override " + command + ": ";
  std::printf("%s%s\n\nUsage: driver-override %s [OPTION…]", title.c_str(),
              terminal.wrap(summary, title.size(), 2).c_str(), command.c_str());
  if (words_.taken != nullptr)
    std::printf(words_.least > 0 ? " %s…" : " [%s…]", words_.placeholder);
  std::puts("");
  if (words_.taken != nullptr) {
    std::puts("");
    print_option_entry(terminal, words_.placeholder, words_.help);
  }
  std::puts("\nOptions:");
  for (const Option& option : options_) {
    const std::string value =
        option.placeholder == nullptr ? "" : std::string(" ") + option.placeholder;
    print_option_entry(terminal, option_with_dashes(option.name) + value, option.help);
  }
  print_option_entry(terminal, "-h, --help", "print this help");
}

}  // namespace driver_override
