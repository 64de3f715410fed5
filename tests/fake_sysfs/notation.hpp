// SPDX-License-Identifier: LGPL-2.1-or-later
// How bytes and errors are written in the description and in the access log.
// Both are read by tests, so what changes here changes what tests expect.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fake_sysfs {

/// The words of a line of a description, up to one that opens a comment.
std::vector<std::string_view> split_words(std::string_view line);

/// The text as one word: %XX for every byte but visible ASCII, and for `%` itself. A space is not
/// visible: a log line is split at spaces.
std::string escape(std::string_view bytes);

/// Decodes %XX. Throws std::invalid_argument if a `%` is not followed by two hex digits.
std::string unescape(std::string_view text);

/// The text of a shell pattern for fnmatch(3), in which an escaped byte is never a wildcard.
/// Throws as unescape() does.
std::string unescape_glob(std::string_view text);

/// The name of an error, as `ENODEV`; the kernel's own EPROBE_DEFER is known too.
std::string errno_name(int error);

/// The error of that name; none if there is no such name.
std::optional<int> errno_value(std::string_view name);

/// The kernel's "probe me later", which never reaches user space as it is.
constexpr int probe_defer = 517;

}  // namespace fake_sysfs
