#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# wall_clock_test.sh PROGRAM: a clock that is set while the program runs, as NTP does at boot, changes nothing, since no
# call of the program asks it: of clocks only CLOCK_MONOTONIC is read, and each wait is for a duration.
set -u
program=$1
imported=$(nm -D --undefined-only "$program") || exit 1
clocks=$(echo "$imported" | grep -E ' (time|gettimeofday|ftime|clock_settime|_ZNSt6chrono3_V212system_clock3nowEv)(@|$)')
[ -z "$clocks" ] || {
    printf 'FAIL: it asks the wall clock: %s\n' "$clocks"
    exit 1
}
echo "$imported" | grep -q '_ZNSt6chrono3_V212steady_clock3nowEv' || {
    echo "FAIL: no clock at all is read, so this test looks at the wrong thing"
    exit 1
}
echo "no call asks the wall clock"
