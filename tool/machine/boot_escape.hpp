// SPDX-License-Identifier: LGPL-2.1-or-later
// A rule as text that reaches the kernel through any boot loader. A further byte that one of them
// breaks belongs here.
#pragma once

#include <string>
#include <string_view>

namespace driver_override {

/// Special to GRUB's script language outside quotes (grub-core/script/yylex.l), and the backtick to
/// the shell that reads /etc/default/grub.
constexpr std::string_view special_bytes = "{}|&$<>'\"\\`";

/// A rule's text with every byte as %XX that a boot loader, the shell in /etc/default/grub or the
/// kernel's splitting would not pass on as it is.
std::string escape_for_boot_loader(std::string_view rule);

}  // namespace driver_override
