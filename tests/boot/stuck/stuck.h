// SPDX-License-Identifier: LGPL-2.1-or-later
// What a driver does whose hardware never answers.
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sched.h>

// Not even SIGKILL ends it.
static inline void sleep_for_ever(void)
{
    for (;;) {
        set_current_state(TASK_UNINTERRUPTIBLE);
        schedule();
    }
}
