// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs steps in a child process that can be abandoned: a write to sysfs can block for ever in the
// kernel, where no signal reaches it. Knows no device; what a step does is its caller's business.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace driver_override {

struct Deadlines {
  std::chrono::milliseconds slow{5000};    ///< a step that takes longer is told
  std::chrono::milliseconds step{10000};   ///< a step that takes longer is given up
  std::chrono::milliseconds whole{25000};  ///< after that nothing more is begun or waited for

  /// The deadlines of somebody who gives a step that much time.
  static Deadlines for_step(std::chrono::milliseconds step);
};

/// Called in the child before anything that can block, with what it is, for a message.
using Begin = std::function<void(const std::string& what)>;

/// Why a step was not done.
struct GivenUp {
  enum class Kind {
    hangs,      ///< it did not end in time, and may never end
    died,       ///< the child ended in the midst of it
    not_begun,  ///< no child could be started, or no time was left
  };
  Kind kind;
  std::string what;    ///< what was begun last; empty where nothing was
  std::string reason;  ///< "did not end within 10 s", say
};

/// Numbered steps, done in their order. Memory that `run` changes is the child's own copy: what the
/// parent and later children are to know goes through `ended`.
struct Steps {
  std::size_t count = 0;
  /// In the child. Returns what the parent must learn (at most 3 kB, the rest is cut); none where
  /// there was nothing to do.
  std::function<std::optional<std::string>(std::size_t step, const Begin&)> run;
  /// In the parent, as the steps end.
  std::function<void(std::size_t step, std::string_view learnt)> ended;
  std::function<void(std::size_t step, const std::string& what)> slow;
  std::function<void(std::size_t step, const GivenUp&)> gave_up;
};

/// Runs all steps in one child. Where one is given up, its process group gets SIGKILL and is not
/// waited for, and a new child goes on behind it. The more time is gone, the less a step gets (half
/// of what is left, a tenth of its deadline at least), so that several that hang do not use up the
/// others' time. A step that begins something anew gets its time anew.
void run_in_child(const Steps& steps, const Deadlines& deadlines);

/// "10 s", "7.5 s".
std::string to_text(std::chrono::milliseconds duration);

}  // namespace driver_override
