#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# dracut runs its hooks in the shell that calls udevadm afterwards.

udevadm() {
    if [ "$*" = settle ]; then
        set -- settle --timeout=10
    fi
    command udevadm "$@"
}
