// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/boot_file.hpp"

#include <algorithm>
#include <map>

#include "parser/blank.hpp"
#include "parser/name.hpp"

namespace driver_override {
namespace {

constexpr std::string_view grub_name = "GRUB_CMDLINE_LINUX";
constexpr std::string_view grub_default_name = "GRUB_CMDLINE_LINUX_DEFAULT";

using Variables = std::map<std::string, std::string, std::less<>>;

bool is_shell_name_byte(char byte) {
  return is_letter_or_digit(byte) || byte == '_';
}

/// Reads one word of the shell's (POSIX, 2.2 Quoting), with the variables that are known.
class ShellWord {
 public:
  ShellWord(std::string_view text, const Variables& variables)
      : text_(text), variables_(variables) {}

  std::string read() {
    char quote = '\0';
    for (; at_ < text_.size(); ++at_) {
      const char byte = text_[at_];
      if (quote == '\0' && (is_blank(byte) || byte == ';' || byte == '#')) break;
      const bool is_literal = quote == '\'' && byte != '\'';
      if (!is_literal && (byte == '"' || (byte == '\'' && quote != '"')))
        quote = quote == '\0' ? byte : '\0';
      else if (!is_literal && byte == '\\')
        escape(quote == '"');
      else if (!is_literal && byte == '$')
        variable();
      else
        word_ += byte;
    }
    return std::move(word_);
  }

 private:
  void escape(bool is_quoted) {
    if (at_ + 1 >= text_.size()) return;
    const char next = text_[++at_];
    if (next == '\n') return;
    if (is_quoted && std::string_view("$`\"\\").find(next) == std::string_view::npos) word_ += '\\';
    word_ += next;
  }

  void variable() {
    const bool has_brace = at_ + 1 < text_.size() && text_[at_ + 1] == '{';
    const std::size_t begin = at_ + (has_brace ? 2 : 1);
    std::size_t end = begin;
    while (end < text_.size() && is_shell_name_byte(text_[end])) ++end;
    if (end == begin) {
      word_ += '$';
      return;
    }
    if (const auto known = variables_.find(text_.substr(begin, end - begin));
        known != variables_.end())
      word_ += known->second;
    at_ = has_brace ? std::min(text_.find('}', end), text_.size() - 1) : end - 1;
  }

  std::string_view text_;
  const Variables& variables_;
  std::size_t at_ = 0;
  std::string word_;
};

/// Calls `take` with each line and where it starts.
template <typename Take>
void for_each_boot_file_line(std::string_view text, Take take) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    take(trim_blanks(text.substr(at, end - at)), at);
    at = end + 1;
  }
}

/// The name of ours that a line assigns to; empty if none.
std::string_view assigned_in_boot_file(std::string_view line) {
  if (line.starts_with("export ")) line = trim_blanks(line.substr(7));
  for (const std::string_view name : {grub_name, grub_default_name})
    if (line.starts_with(name) && line.substr(name.size(), 1) == "=") return name;
  return {};
}

std::string grub_command_line(std::string_view text) {
  Variables variables;
  for_each_boot_file_line(text, [&](std::string_view line, std::size_t at) {
    const std::string_view name = assigned_in_boot_file(line);
    if (name.empty()) return;
    const std::string_view value = text.substr(text.find('=', at) + 1);
    variables[std::string(name)] = ShellWord(value, variables).read();
  });
  std::string joined;
  for (const std::string_view name : {grub_name, grub_default_name})
    if (const auto one = variables.find(name); one != variables.end() && !one->second.empty())
      joined += (joined.empty() ? "" : " ") + one->second;
  return joined;
}

bool is_grub_file(std::string_view text) {
  bool found = false;
  for_each_boot_file_line(text, [&](std::string_view line, std::size_t) {
    found = found || !assigned_in_boot_file(line).empty();
  });
  return found;
}

/// The value of a line "KEY VALUE"; empty if its key is another one.
std::string_view shell_value_of(std::string_view line, std::string_view key) {
  if (!line.starts_with(key) || line.size() == key.size() || !is_ascii_blank(line[key.size()]))
    return {};
  return trim_blanks(line.substr(key.size()));
}

/// True if the text has a line for the kernel, or an EFI program, as every loader entry has.
bool is_boot_loader_entry(std::string_view text) {
  bool has_program = false;
  for_each_boot_file_line(text, [&](std::string_view line, std::size_t) {
    for (const std::string_view key : {"linux", "efi", "uki"})
      has_program = has_program || !shell_value_of(line, key).empty();
  });
  return has_program;
}

std::string boot_entry_command_line(std::string_view text) {
  std::string joined;
  for_each_boot_file_line(text, [&](std::string_view line, std::size_t) {
    if (const std::string_view value = shell_value_of(line, "options"); !value.empty())
      joined.append(joined.empty() ? "" : " ").append(value);
  });
  return joined;
}

}  // namespace

std::string command_line_in(std::string_view text) {
  if (is_grub_file(text)) return grub_command_line(text);
  if (is_boot_loader_entry(text)) return boot_entry_command_line(text);
  return std::string(text);
}

}  // namespace driver_override
