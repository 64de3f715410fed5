// SPDX-License-Identifier: LGPL-2.1-or-later
// What a snapshot does not tell of a machine and its owner: UUIDs, MAC addresses, long numbers of
// disks, the host's name, the values of other programs' parameters.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace driver_override {

/// The same word is replaced by the same one wherever it stands, so that links still lead where
/// they led.
class PrivateWords {
 public:
  /// \param host  the host's name; one that is too short to be told from other words is not
  ///              replaced
  explicit PrivateWords(std::string host) : host_(std::move(host)) {}

  /// A text or a path without UUIDs, MAC addresses, numbers of 16 hex digits and more, and the
  /// host's name.
  std::string hidden(std::string_view text);

  /// A path in /sys without the MAC addresses in the names of network interfaces (systemd's
  /// "enx001122334455"). What else is in the names of devices stays: rules name devices by them.
  std::string hidden_interfaces(std::string_view path);

 private:
  std::string stand_in(std::string_view word, const char* format);

  std::string host_;
  std::map<std::string, std::string, std::less<>> stand_ins_{};
};

/// A command line in which the values of parameters that this program does not read are masked, as
/// is what follows `--`: a letter or digit becomes `x`, so that every offset stays.
std::string masked_command_line(std::string_view line);

}  // namespace driver_override
