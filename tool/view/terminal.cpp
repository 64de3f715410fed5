// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace driver_override {

Terminal::Terminal() {
  if (::isatty(STDOUT_FILENO) != 1) return;
  const char* no_colour = std::getenv("NO_COLOR");
  colours_ = no_colour == nullptr || *no_colour == '\0';
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) width_ = size.ws_col;
}

std::string Terminal::paint(const char* code, std::string_view text) const {
  if (!colours_) return std::string(text);
  return std::string("\033[").append(code).append("m").append(text).append("\033[0m");
}

std::string Terminal::good(std::string_view text) const {
  return paint("32", text);
}
std::string Terminal::bad(std::string_view text) const {
  return paint("33", text);
}
std::string Terminal::bold(std::string_view text) const {
  return paint("1", text);
}

std::string Terminal::fit(std::string line, std::size_t used) const {
  if (width_ == 0) return line;
  std::size_t columns = used;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const bool starts_character = (static_cast<unsigned char>(line[at]) & 0xC0U) != 0x80;
    if (starts_character && ++columns > width_) return line.substr(0, at);
  }
  return line;
}

}  // namespace driver_override
