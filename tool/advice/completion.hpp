// SPDX-License-Identifier: LGPL-2.1-or-later
// What a shell may put in place of the word that is being typed: devices, buses and drivers of this
// machine. The shells' own files in completions/ know nothing of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hook/root.hpp"

namespace driver_override {

/// A word that can stand in place of the one being typed.
struct Candidate {
  std::string word;  ///< more is to follow if it ends in "," or "="
  std::string note;  ///< what it is; may be empty
};

/// What a word of a command stands for.
enum class WordKind {
  rule,             ///< BUS,DEVICE=DRIVER
  device,           ///< BUS,NAME, a PCI address, a network interface
  device_or_bus,    ///< of `list`
  device_or_driver  ///< of `suggest`: a driver once there is a device
};

/// What the word may become.
///
/// \param before  the words of the same kind before it
/// \param typed   what there is of it; candidates begin with it
std::vector<Candidate> complete_word(const Root& root, WordKind kind,
                                     const std::vector<std::string>& before,
                                     std::string_view typed);

}  // namespace driver_override
