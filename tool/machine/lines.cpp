// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/lines.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace driver_override {
namespace {

// A full table of Internet routes has about 130 MB; what never ends is no table.
constexpr std::size_t file_limit = 256U << 20U;

/// Cuts what it is given into lines.
class LineCutter {
 public:
  LineCutter(std::size_t longest, const TakeLine& take) : longest_(longest), take_(take) {}

  void add(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      const std::string_view part = bytes.substr(0, end);
      line_.append(part.substr(0, longest_ - line_.size()));
      if (end == std::string_view::npos) return;
      finish();
      bytes.remove_prefix(end + 1);
    }
  }

  void end() {
    if (!line_.empty()) finish();
  }

 private:
  void finish() {
    take_(line_);
    line_.clear();
  }

  std::size_t longest_;
  const TakeLine& take_;
  std::string line_;
};

Words words_of_line(std::string_view line) {
  constexpr std::string_view blanks = " \t";
  Words words;
  for (std::size_t at = line.find_first_not_of(blanks); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(blanks, at), line.size());
    words.emplace_back(line.substr(at, end - at));
    at = line.find_first_not_of(blanks, end);
  }
  return words;
}

}  // namespace

void for_each_line(const Descriptor& file, std::size_t longest, const TakeLine& take,
                   std::error_code& error) {
  error.clear();
  LineCutter cutter(longest, take);
  std::vector<char> buffer(1U << 16U);
  for (std::size_t total = 0; total <= file_limit;) {
    const ssize_t got = ::read(file.number(), buffer.data(), buffer.size());
    if (got == 0) return cutter.end();
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      error = {errno, std::generic_category()};
      return;
    }
    cutter.add({buffer.data(), static_cast<std::size_t>(got)});
    total += static_cast<std::size_t>(got);
  }
  error = std::make_error_code(std::errc::file_too_large);
}

void for_each_line(const Root& root, const std::string& path, const TakeLine& take,
                   std::error_code& error) {
  const Descriptor file = root.open(path, O_RDONLY, error);
  if (!error) for_each_line(file, longest_line, take, error);
}

void for_each_row(const Root& root, const std::string& path,
                  const std::function<void(const Words&)>& take, std::error_code& error) {
  for_each_line(
      root, path, [&](std::string_view line) { take(words_of_line(line)); }, error);
}

}  // namespace driver_override
