// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads the description of a machine. What is said of the sysfs alone is left to the reader of the
// fake sysfs: a `pci` statement becomes a `device` statement, the others of this notation are blank
// lines there, so that line numbers stay right.
#include "tests/trees/description.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "tests/fake_sysfs/notation.hpp"

namespace device_trees {
namespace {

using Words = std::vector<std::string_view>;
using fake_sysfs::unescape;

std::invalid_argument error_output(std::string_view what, std::string_view word) {
  return std::invalid_argument(std::string(what) + ": " + std::string(word));
}

void expect_words(const Words& words, std::size_t least, std::size_t most) {
  if (words.size() < least) throw error_output("too few words for", words.front());
  if (words.size() > most) throw error_output("unexpected word", words[most]);
}

/// Takes off the text up to `separator` and the separator; all of it if there is none.
std::string_view take_until(char separator, std::string_view& text) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

Path parse_path(std::string_view word) {
  const std::size_t slash = std::min(word.find('/'), word.size());
  Path path{.rest = unescape(word.substr(slash))};
  const bool is_plain = std::filesystem::path(path.rest).lexically_normal() == path.rest;
  if (!is_plain || path.rest.ends_with('/')) throw error_output("not a plain path", word);
  if (slash == 0) return path;
  std::string_view owner = word.substr(0, slash);
  const std::string group = unescape(take_until(',', owner));
  if (owner.empty()) throw error_output("a path starts with / or with BUS,NAME", word);
  path.owner = Owner{group, unescape(owner)};
  return path;
}

/// What `device` statement of the fake sysfs a `pci` statement stands for.
std::string device_statement(const Words& words, Description& description) {
  expect_words(words, 4, words.size());
  const std::string_view code = words[2];
  std::string statement = "device pci " + std::string(words[1]) + " class=0x" + std::string(code);
  std::string_view ids = words[3];
  for (const char* key : {"vendor", "device", "subsystem_vendor", "subsystem_device"}) {
    const std::string_view id = take_until(':', ids);
    statement += std::string(" ") + key + "=0x" + (id.empty() ? "0000" : std::string(id));
  }
  statement += " attribute.revision=0x00";
  // The kernel has this file for the class VGA and no other (drivers/pci/pci-sysfs.c).
  if (code.starts_with("0300")) statement += " attribute.boot_vga=0";
  for (auto word = words.begin() + 4; word != words.end() && !word->starts_with('#'); ++word) {
    std::string_view value = *word;
    const std::string_view key = take_until('=', value);
    if (key == "rev") {
      statement += " attribute.revision=0x" + std::string(value);
    } else if (key == "physfn") {
      description.physical_functions[unescape(words[1])] = unescape(value);
    } else {
      statement += " " + std::string(*word);
    }
  }
  return statement;
}

bool is_variable(std::string_view name) {
  return std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

ClassDevice parse_class_device(const Words& words) {
  expect_words(words, 3, words.size());
  ClassDevice device{.group = unescape(words[1]), .path = parse_path(words[2])};
  if (device.path.rest.empty()) throw error_output("a device of a class needs a folder", words[2]);
  for (auto word = words.begin() + 3; word != words.end(); ++word) {
    std::string_view value = *word;
    const std::string key = unescape(take_until('=', value));
    if (value.data() == word->data() + key.size()) throw error_output("expected KEY=VALUE", *word);
    (is_variable(key) ? device.variables : device.files)[key] = unescape(value);
  }
  return device;
}

/// The text is the rest of the line, blanks and `#` included.
PlainFile parse_file(const Words& words, std::string_view line) {
  expect_words(words, 2, words.size());
  PlainFile file{.path = parse_path(words[1])};
  if (words.size() == 2) return file;
  const auto start = static_cast<std::size_t>(words[2].data() - line.data());
  file.content = unescape(line.substr(start)) + "\n";
  return file;
}

Link parse_link(const Words& words) {
  expect_words(words, 3, 3);
  return {parse_path(words[1]), parse_path(words[2])};
}

void add_content(std::string_view line, std::vector<PlainFile>& files) {
  if (files.empty()) throw error_output("no file before this content", line);
  line.remove_prefix(line.starts_with("| ") ? 2 : 1);
  files.back().content += std::string(line) + "\n";
}

/// Reads a line into the description if it is of this notation alone.
/// \return what the reader of the fake sysfs gets of it
std::string parse_line(std::string_view line, Description& description) {
  if (line.starts_with('|')) {
    add_content(line, description.files);
    return {};
  }
  const Words words = fake_sysfs::split_words(line);
  if (words.empty()) return {};
  const std::string_view verb = words.front();
  if (verb == "pci") return device_statement(words, description);
  if (verb == "class") {
    description.class_devices.push_back(parse_class_device(words));
  } else if (verb == "file") {
    description.files.push_back(parse_file(words, line));
  } else if (verb == "link") {
    description.links.push_back(parse_link(words));
  } else if (verb == "fault" || verb == "readonly" || verb == "unkillable") {
    throw error_output("plain files cannot do this", verb);
  } else {
    return std::string(line);
  }
  return {};
}

}  // namespace

Description parse_description(std::string_view text) {
  Description description;
  std::string sysfs;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_until('\n', text);
    try {
      sysfs += parse_line(line, description) + "\n";
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument("line " + std::to_string(number) + ": " + error.what());
    }
  }
  description.sysfs = fake_sysfs::parse_spec(sysfs);
  return description;
}

}  // namespace device_trees
