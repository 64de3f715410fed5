// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "parser/printable.hpp"

namespace driver_override {

Terminal::Terminal(int output) {
  if (::isatty(output) != 1) return;
  const char* no_colour = std::getenv("NO_COLOR");
  colours_ = no_colour == nullptr || *no_colour == '\0';
  winsize size{};
  if (::ioctl(output, TIOCGWINSZ, &size) == 0) width_ = size.ws_col;
}

std::string Terminal::paint(const char* code, std::string_view text) const {
  if (!colours_) return std::string(text);
  return std::string("\033[").append(code).append("m").append(text).append("\033[0m");
}

std::string Terminal::good(std::string_view text) const {
  return paint("32", text);
}
std::string Terminal::doubtful(std::string_view text) const {
  return paint("33", text);
}
std::string Terminal::bad(std::string_view text) const {
  return paint("31", text);
}
std::string Terminal::bold(std::string_view text) const {
  return paint("1", text);
}

std::string Terminal::severity(Severity severity) const {
  const std::string_view name = severity_name(severity);
  if (severity == Severity::error) return bad(name);
  return severity == Severity::warning ? doubtful(name) : std::string(name);
}

std::string Terminal::wrap(std::string_view text, std::size_t used, std::size_t indent) const {
  return wrap_text(text, width_, used, indent);
}

std::string wrap_text(std::string_view text, std::size_t width, std::size_t used,
                      std::size_t indent) {
  if (width == 0) return std::string(text);
  std::string lines;
  std::size_t column = used;
  bool is_first = true;
  while (!text.empty()) {
    // A word with the blanks before it.
    const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    const std::size_t columns = printable_width(word);
    if (!is_first && column + begin + columns > width) {
      lines.append("\n").append(indent, ' ').append(word);
      column = indent + columns;
    } else {
      lines.append(begin, ' ').append(word);
      column += begin + columns;
    }
    is_first = false;
    text.remove_prefix(end);
  }
  return lines;
}

}  // namespace driver_override
