// SPDX-License-Identifier: LGPL-2.1-or-later
// A run of bytes in a source text. Nothing but the two numbers belongs here.
#pragma once

#include <cstddef>

namespace driver_override {

/// A run of bytes: `offset` counts bytes from the start of the source's text (the whole command
/// line, or one line of a file), `length` counts the bytes of the run and may be 0.
struct Span {
  std::size_t offset = 0;
  std::size_t length = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace driver_override
