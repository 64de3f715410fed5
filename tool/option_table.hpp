// SPDX-License-Identifier: LGPL-2.1-or-later
// The options and words of one command: what each sets, and its help. getopt_long(3) reads them,
// without its abbreviations: a misspelt option must not pass for another.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace driver_override {

class OptionTable {
 public:
  /// Takes a value. Returns what is wrong with it; empty if nothing is.
  using Take = std::function<std::string(const std::string& value)>;
  /// Looks at what was read as a whole. Returns what is wrong; empty if nothing is.
  using Check = std::function<std::string()>;

  enum class Count { once, often };

  /// What reading has come to.
  struct Outcome {
    bool wants_help = false;  ///< `--help` or `-h`; nothing behind it was read
    std::string fault;        ///< of usage; empty if there is none
    std::string hint;         ///< what was meant instead; empty if nothing is near
  };

  // The texts of all functions must outlive the table; names are without "--".

  /// An option without a value. \param value  becomes true if it is given
  void add_flag(const char* name, bool& value, const char* help);

  /// An option with a value, as `--name VALUE` or `--name=VALUE`.
  ///
  /// \param placeholder  what the help calls the value
  void add_value(const char* name, const char* placeholder, Take take, const char* help,
                 Count count = Count::once);

  /// The words that are no options. A command without this call takes none.
  ///
  /// \param least  how many there must be
  void add_words(const char* placeholder, std::vector<std::string>& words, const char* help,
                 std::size_t least = 0);

  /// Two options, of which only one may be given. An option's name or the words' placeholder.
  void exclude(const char* one, const char* other);

  /// Is called behind the last word if all options are sound.
  void add_check(Check check);

  /// Reads a command's words. Moves getopt's global state; argv stays as it is.
  ///
  /// \param argv  the command's name and what stands behind it
  [[nodiscard]] Outcome read(int argc, char** argv);

  /// An option as it is typed.
  struct Entry {
    std::string word;
    std::string help;
    bool has_value;  ///< which may be the next word
  };
  [[nodiscard]] std::vector<Entry> options() const;

  /// Prints the usage, the words and the options to standard output.
  ///
  /// \param command  the command's name
  /// \param summary  what it does, without a full stop
  void print_help(const std::string& command, const char* summary) const;

 private:
  struct Option {
    const char* name;
    const char* placeholder;  ///< null: it has no value
    const char* help;
    Take take;
    Count count;
    bool is_given = false;
  };
  struct Words {
    const char* placeholder = nullptr;
    const char* help = nullptr;
    std::vector<std::string>* taken = nullptr;
    std::size_t least = 0;
  };

  [[nodiscard]] Outcome unknown_option(const std::string& word) const;
  std::string take_word(const char* word);
  std::string take_option(Option& option, const char* value);
  Outcome take_next(int code, char** argv);
  [[nodiscard]] bool is_given(const std::string& name) const;
  [[nodiscard]] std::string fault_of_whole() const;

  std::vector<Option> options_;
  Words words_;
  std::vector<std::pair<const char*, const char*>> exclusions_;
  std::vector<Check> checks_;
};

}  // namespace driver_override
