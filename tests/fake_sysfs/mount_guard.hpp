// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs what serves a mount in a child process, so that no mount stays behind however it ends.
// It knows nothing of what is served.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace fake_sysfs {

/// Runs `serve` in a child, passes SIGTERM, SIGINT and SIGHUP on to it, waits for its end and then
/// detaches what is still mounted at `mount_point`. The child gets SIGTERM when this process dies.
/// \return the child's exit status, or 128 + the signal that ended it
int run_guarded(const std::string& mount_point, const std::function<int()>& serve);

/// Detaches whatever is mounted at `mount_point`: at once if this is permitted, else by
/// fusermount3. Nothing happens if nothing is mounted there.
/// \param device  st_dev of the mount point before anything was mounted on it
void detach_mount(const std::string& mount_point, dev_t device);

/// st_dev of that folder; 0 if it cannot be asked, as on a mount whose program has died.
dev_t device_of(const std::string& folder);

}  // namespace fake_sysfs
