// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cerrno>
#include <system_error>

namespace driver_override {

/// What the last system call that failed has left in errno.
inline std::error_code last_error() {
  return {errno, std::generic_category()};
}

}  // namespace driver_override
