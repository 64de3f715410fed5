// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's command line as the files of boot loaders hold it.
#pragma once

#include <string>
#include <string_view>

namespace driver_override {

/// The command line in a file's text:
/// - /etc/default/grub and its drop-ins: GRUB_CMDLINE_LINUX and GRUB_CMDLINE_LINUX_DEFAULT, joined
/// as
///   grub-mkconfig does, with the shell's quotes taken off. Of other variables than these two
///   nothing is known: they stand for nothing.
/// - loader entries (Boot Loader Specification, type 1): their lines `options`, joined
/// - anything else: the text itself, as /proc/cmdline and /etc/kernel/cmdline hold it
std::string command_line_in(std::string_view text);

}  // namespace driver_override
