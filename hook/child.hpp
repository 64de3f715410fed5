// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs steps in a child process that can be abandoned: a write to sysfs can block for ever in the
// kernel, where no signal reaches it. Knows no device; what a step does is its caller's business.
#pragma once

#include "hook/steps.hpp"

namespace driver_override {

/// Runs all steps in one child. A step that takes too long is given up, and a new child goes on
/// with the next one. The old child is abandoned and never killed: a signal does nothing to a
/// driver that is stuck, and breaks one that is merely slow in the midst of its probe
/// (kernel/kthread.c, kthread_create gives -EINTR). It ends by itself as soon as its step does,
/// also if its parent has ended.
///
/// The more time is gone, the less a step gets (half of what is left, a tenth of its deadline at
/// least), so that several that hang do not use up the others' time. A step that begins something
/// again gets its time again.
void run_in_child(const Steps& steps, const Deadlines& deadlines);

}  // namespace driver_override
