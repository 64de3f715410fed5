// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/steps.hpp"

namespace driver_override {

Deadlines Deadlines::for_step(std::chrono::milliseconds step) {
  return {step / 2, step, step * 5 / 2};
}

std::string to_text(std::chrono::milliseconds duration) {
  const auto tenths = duration.count() / 100;
  return std::to_string(tenths / 10) +
         (tenths % 10 == 0 ? std::string() : "." + std::to_string(tenths % 10)) + " s";
}

}  // namespace driver_override
