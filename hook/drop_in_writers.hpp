// SPDX-License-Identifier: LGPL-2.1-or-later
// Who else than root can write a file of rules, by its owner and mode. Whoever writes rules can
// have any module loaded, so what others can write holds no rules.
#pragma once

#include <sys/stat.h>

#include <string>

#include "hook/root.hpp"

namespace driver_override {

enum class Surroundings { running_system, initramfs };

/// Why a file of rules, or a folder of them, may have been written by others than root; empty if it
/// cannot.
///
/// In an image nobody else runs, and the owners are those of whoever has packed it, so only what
/// everybody may write is suspicious there: it was so where it was copied from.
std::string writers_fault(const struct ::stat& status, Surroundings surroundings);

/// The same of what is open. Empty under any other root than `/`: in a copy of a machine's files
/// the owners are those of whoever has made it.
std::string writers_fault(const Root& root, const Descriptor& file);

}  // namespace driver_override
