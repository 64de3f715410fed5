#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Shortens the minutes that udev waits for a worker that is stuck in the kernel. Only time is saved: that the waits are
# over at last is what the slow cases check.

# dracut sets moddir, initdir and the like.
# shellcheck disable=SC2154

check() {
    return 255
}

depends() {
    return 0
}

install() {
    if dracut_module_included systemd; then
        # 3 minutes for the daemon to stop.
        inst_simple "$moddir/udevd.conf" /etc/systemd/system/systemd-udevd.service.d/impatient.conf
    else
        # 2 minutes for the queue to empty.
        inst_hook pre-udev 00 "$moddir/impatient.sh"
    fi
}
