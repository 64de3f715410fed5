// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/commands/saved_editor.hpp"

#include <algorithm>
#include <cstring>

#include "parser/printable.hpp"
#include "tool/view/messages.hpp"

namespace driver_override {
namespace {

constexpr const char* folder = "etc/driver-override.d";
constexpr const char* name = "90-saved.conf";
// Not beside the file: a folder of rules gets no stray file, and anybody can open a folder.
constexpr const char* lock_folder = "run/driver-override";
constexpr const char* lock_file = "run/driver-override/saved.lock";

bool fail_to_edit(std::string_view path, const std::string& reason, const std::string& hint = {}) {
  print_error("/" + std::string(path) + ": " + reason, hint);
  return false;
}

bool fail_to_edit(std::string_view path, const std::error_code& error) {
  return fail_to_edit(path, std::strerror(error.value()));
}

/// The first rule that would not be read as it was meant.
std::string first_saved_difference(const std::vector<std::string>& meant,
                                   const std::vector<std::string>& read) {
  const auto [one, other] = std::mismatch(meant.begin(), meant.end(), read.begin(), read.end());
  return (one == meant.end() ? "no rule" : in_quotes(*one)) + " would be read as " +
         (other == read.end() ? "no rule" : in_quotes(*other));
}

}  // namespace

bool SavedEditor::open() {
  std::error_code error;
  root_.make_directories(lock_folder, error);
  if (!error) lock_ = root_.lock(lock_file, error);
  if (error == std::errc::operation_would_block)
    return fail_to_edit(saved_path, "another process has been editing it for 5 s");
  if (error) return fail_to_edit(lock_file, error);
  path_ = root_.follow(saved_path, error);
  if (path_ != saved_path && !root_.is_file(path_))
    return fail_to_edit(saved_path,
                        "it is a link to " +
                            in_quotes(root_.link_target(folder, name).value_or("")) +
                            ", and no file is there",
                        "remove the link, or make the file");
  text_ = root_.read(path_, error);
  const bool is_absent = error == std::errc::no_such_file_or_directory;
  return !error || is_absent || fail_to_edit(saved_path, error);
}

bool SavedEditor::write(const Edited& edited) {
  if (edited.text == text_) return true;
  if (const auto read = rules_in_saved_conf(edited.text); read != edited.rules)
    return fail_to_edit(
        saved_path, first_saved_difference(edited.rules, read) + "; nothing is written",
        "correct that line by hand; driver-override check shows what is wrong in it");
  if (edited.text.size() > read_limit)
    return fail_to_edit(saved_path, "it would have more than 1 MiB, which no boot reads",
                        "move rules to another file of that folder");
  std::error_code error;
  root_.make_directories(folder, error);
  if (!error) root_.replace(path_, edited.text, error);
  if (error) return fail_to_edit(saved_path, error);
  text_ = edited.text;
  return true;
}

}  // namespace driver_override
