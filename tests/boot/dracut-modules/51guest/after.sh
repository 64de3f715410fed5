#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs just after driver-override, so that the log tells how long it took.

echo "guest: after" >/dev/kmsg
