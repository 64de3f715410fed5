// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace driver_override {

std::size_t reserve_descriptors(std::size_t wanted) {
  constexpr rlim_t others = 64;
  constexpr std::size_t most = 16384;  // each costs the kernel memory
  const rlim_t needed = std::min(wanted, most) + others;
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur < needed) {
    const struct rlimit raised = {std::min(needed, limit.rlim_max), limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  return limit.rlim_cur <= others ? 0 : std::min<rlim_t>(limit.rlim_cur - others, wanted);
}

}  // namespace driver_override
