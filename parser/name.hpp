// SPDX-License-Identifier: LGPL-2.1-or-later
// Names as a rule writes them: %XX decoded, and refused if sysfs could not hold them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parser/message.hpp"

namespace driver_override {

/// The longest name of a file, and so of a bus, device or driver in sysfs (NAME_MAX).
constexpr std::size_t name_limit = 255;

/// The byte that `%XX` at the start of `text` stands for; none if `text` does not start so.
std::optional<char> decode_byte_of_name(std::string_view text);

/// True for a letter or digit of ASCII. Each name that the kernel gives has one.
bool is_letter_or_digit(char byte);

/// The error for a blank at either end of a name, which nobody means; none if there is none.
/// Parameters as for parse_name().
std::optional<Message> stray_end_of_name(std::string_view raw, std::size_t offset,
                                         std::string_view kind);

/// Decodes a name and checks it.
/// \param raw     the name as written, with %XX for any byte
/// \param offset  where `raw` starts in its source, in bytes
/// \param kind    what it names, for messages: "bus", "device", "driver"
/// \return the decoded name of 1 to 255 bytes; or an error for a malformed %XX, a NUL, a `/`, a
///         blank at an end, the names `.` and `..`, or a name that is too long
Parsed<std::string> parse_name(std::string_view raw, std::size_t offset, std::string_view kind);

/// The error for a byte that no name may hold (NUL, `/`) or a malformed escape at `raw[at]`; none
/// if that byte is sound. Parameters as for parse_name().
std::optional<Message> check_name_byte(std::string_view raw, std::size_t at, std::size_t offset,
                                       std::string_view kind);

/// True for what the kernel's bus names are made of, and for the escape of any other byte.
bool is_bus_byte(char byte);

/// Writes the name of a bus so that a rule reads it back.
std::string encode_bus_name(std::string_view bus);

/// Writes a name so that a rule reads it back, be it a device's or a driver's, and no byte of it
/// ends a name, separates words or acts as a wildcard.
std::string encode_name(std::string_view name);

}  // namespace driver_override
