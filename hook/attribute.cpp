// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/attribute.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "hook/last_error.hpp"

namespace driver_override {

std::string read_attribute(const Descriptor& file, std::error_code& error) {
  std::array<char, 4096> buffer;  // left as it is: to clear it would cost more than to read
  ssize_t got = 0;
  do got = ::read(file.number(), buffer.data(), buffer.size());
  while (got < 0 && errno == EINTR);
  if (got < 0) error = last_error();
  std::string_view text(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (text.ends_with('\n')) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace driver_override
